/** A repository on GitHub: the sample app with its Dockerfile, the example's CDK app and workflows. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Workspace } from '../../../tools/local-aws/workspace';
import { AppCopy } from '../examples/app-copy';

const EXAMPLE = 'github-actions';
const RELEASE_TASK = `web.addReleaseTask('Report', { command: ['flask', 'report'] });`;
/** As the example `promote` has them. */
const MIGRATION = `web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });`;
const SWITCH = `  if (context('going-back') !== 'true') {`;
const DATABASE = `  FlaskDatabase.postgres(web, 'Database', { version: PostgresEngineVersion.VER_17 });`;
const IMPORTS = `import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { FlaskDatabase } from 'cdk-flask-fargate';`;

export class Shop {
  public readonly app: AppCopy;
  public readonly infra: string;

  public constructor(folder: string) {
    this.app = new AppCopy(EXAMPLE, folder);
    this.infra = dirname(this.app.cdkApp);
    this.change('cdk.json', 'npx tsx ', `npx tsx --tsconfig ${join(Workspace.root, 'tsconfig.dev.json')} `);
    // what comes from the internet
    this.change('cdk.json', '{\n', '{\n  "notices": false,\n');
    this.change('app.ts', RELEASE_TASK, MIGRATION);
    this.change('app.ts', SWITCH, `${DATABASE}\n${SWITCH}`);
    this.change('app.ts', '\n', `\n${IMPORTS}\n`);
  }

  public get folders(): Readonly<Record<string, string>> {
    return { '.': this.app.source, infra: this.infra };
  }

  public workflow(name: string): string {
    return join(this.infra, 'workflows', `${name}.yml`);
  }

  private change(name: string, from: string, to: string): void {
    const file = join(this.infra, name);
    const text = readFileSync(file, 'utf8');
    assert.ok(text.includes(from), `${name} has no ${from}`);
    writeFileSync(
      file,
      text.replace(from, () => to),
    );
  }
}
