/** Runs the apps that APPS names, each into a folder of its own; with STAGE=ephemeral as if every stage were that one, and with the feature flags of FLAGS. */
import * as path from 'node:path';
import { FlaskStage } from '../../src';
import { QUICK } from './quick';
import { contextOf } from './synthesize';

if (process.env.STAGE === 'ephemeral') {
  const ephemeral = FlaskStage.ephemeral();
  FlaskStage.production = FlaskStage.development = () => ephemeral;
}
for (const [app, outdir] of Object.entries<string>(JSON.parse(`${process.env.APPS}`))) {
  process.env.CDK_OUTDIR = outdir;
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ ...QUICK, ...JSON.parse(process.env.FLAGS ?? '{}'), ...contextOf(path.dirname(app)) });
  require(app);
}
