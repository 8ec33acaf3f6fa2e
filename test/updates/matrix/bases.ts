import { App, Stack } from 'aws-cdk-lib/core';
import { ScalingPolicy, TaskScaling, Tls } from '../../../src';
import { RECOMMENDED_FLAGS } from '../../util/flags';
import type { Template } from '../template';
import { Draft } from './draft';
import { scratch } from './sources';

type Edit = (draft: Draft) => void;

/** Where every change begins. */
export const BASES = {
  'one line': () => {},
  'production with TLS': (draft: Draft) => {
    draft.own.tls = Tls.forDomain({ zone: draft.zone, recordName: 'shop' });
  },
  'given VPC and cluster': (draft: Draft) => {
    draft.props.vpc = draft.vpc;
    draft.props.cluster = draft.cluster;
  },
  'everything on': (draft: Draft) => {
    draft.own.tls = Tls.forDomain({ zone: draft.zone, recordName: 'shop' });
    draft.own.connectionLogs = true;
    draft.firewall = { logRequests: true };
    draft.healthCheck.path = '/health';
    draft.props.scaling = TaskScaling.between({ min: 2, max: 10, policies: [ScalingPolicy.cpu(60), ScalingPolicy.requestsPerTarget(900)] });
    draft.alarms.enabled = true;
    draft.worker = {};
    draft.task = {};
    draft.schedule = {};
    draft.releaseTask = {};
    draft.openTelemetry = {};
    draft.fileSystem = {};
    draft.database = {};
    draft.cache = {};
    draft.secretKey = {};
    draft.discovery = { name: 'shop' };
  },
} as const satisfies { readonly [name: string]: Edit };

export type BaseName = keyof typeof BASES;
export const BASE_NAMES = Object.keys(BASES) as BaseName[];

let outdir: string | undefined;
const unedited = new Map<BaseName, Template>();

/** The template of a base with edits; throws what the user would read where the edits do not go together. */
export function templateOf(base: BaseName, ...edits: Edit[]): Template {
  if (edits.length > 0) {
    return synth(base, edits);
  }
  const template = unedited.get(base) ?? synth(base, []);
  unedited.set(base, template);
  return template;
}

function synth(base: BaseName, edits: readonly Edit[]): Template {
  outdir ??= scratch();
  const app = new App({ outdir, context: RECOMMENDED_FLAGS, analyticsReporting: false, treeMetadata: false });
  const knowsRegion = base === 'production with TLS' || base === 'everything on';
  const stack = new Stack(app, 'Shop', knowsRegion ? { env: { account: '111122223333', region: 'eu-west-1' } } : {});
  const draft = new Draft(stack);
  for (const edit of [BASES[base], ...edits]) {
    edit(draft);
  }
  draft.render();
  return app.synth({ skipValidation: false }).getStackByName('Shop').template as Template;
}
