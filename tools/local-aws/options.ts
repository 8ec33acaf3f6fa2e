import { parseArgs } from 'node:util';
import { DemoFailure } from './failure';

export const ENGINES = ['process', 'docker', 'podman'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface Options {
  readonly engine: EngineName;
  readonly keep: boolean;
  /** An emulator that already runs; undefined to start one. */
  readonly endpoint?: URL;
  /** Port of the emulator that is started; 0 for any free one. */
  readonly port: number;
  /** File to write the steps, their times and their facts to, as JSON. */
  readonly report?: string;
  /** The CDK app to deploy, a TypeScript file. */
  readonly app: string;
  readonly help: boolean;
}

export const HELP = `npm run demo -- [options]

Deploys examples/typescript/quickstart to an AWS emulator on this machine with the cdk CLI and walks the guide:
image, cluster, task definition, service behind the load balancer, requests, logs, Run Task, a killed task, destroy.

  --engine NAME    process (default): the app runs as plain processes, no container engine needed
                   docker, podman:    the image is built and run as containers
  --keep           leave it running and print the URL for a browser; Ctrl-C ends it
  --endpoint URL   use an AWS emulator that already runs, for example http://127.0.0.1:4566
  --port NUMBER    port of the emulator that is started (default 4566; 0: any free one)
  --report FILE    write each step with its time and what it found to FILE, as JSON
  --app FILE       another CDK app with a stack named FlaskQuickstart
  --help           this text

Needs Node.js 22 or newer and Python 3.10 or newer. Nothing leaves this machine but the downloads from the package registries;
no AWS account is used, whatever credentials are set.`;

export function parseOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const engine = values.engine as EngineName;
  if (!ENGINES.includes(engine)) {
    throw new DemoFailure(`--engine is ${values.engine}`, `use one of ${ENGINES.join(', ')}`);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new DemoFailure(`--port is ${values.port}`, 'use a number from 0 to 65535');
  }
  return { ...values, engine, port, endpoint: values.endpoint === undefined ? undefined : endpointOf(values.endpoint) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        engine: { type: 'string', default: 'process' },
        keep: { type: 'boolean', default: false },
        endpoint: { type: 'string' },
        port: { type: 'string', default: '4566' },
        report: { type: 'string' },
        app: { type: 'string', default: 'examples/typescript/quickstart/app.ts' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new DemoFailure((error as Error).message.split('. ')[0], 'npm run demo -- --help lists the options');
  }
}

function endpointOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new DemoFailure(`--endpoint is ${text}`, 'use a URL such as http://127.0.0.1:4566');
  }
  if (/(^|\.)amazonaws\.com(\.cn)?$|\.aws$/.test(url.hostname)) {
    throw new DemoFailure(`--endpoint is ${text}, which is AWS`, 'to deploy to AWS use `npx cdk deploy`, as the README shows');
  }
  // An address and not a name: the SDK would look for a bucket at bucket.localhost, which not every system resolves.
  if (url.hostname === 'localhost') {
    url.hostname = '127.0.0.1';
  }
  return url;
}
