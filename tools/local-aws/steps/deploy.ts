import { Aws } from '../aws';
import { CdkCli, STACK } from '../cdk';
import { ContainerEngine } from '../container-engine';
import type { Demo } from '../demo-context';
import { Emulator, requireEmulator } from '../emulator';
import type { Engine } from '../engine';
import { DemoFailure } from '../failure';
import { Inventory } from '../inventory';
import { requireDiskSpace, requirePort, requireTaskAddresses } from '../preflight';
import { ProcessEngine } from '../process-engine';
import { Python } from '../python';
import { Stack } from '../stack';
import type { Step } from './step';

export const startEmulator: Step = {
  name: 'emulator',
  title: 'Start a local AWS',
  async run(demo, say) {
    const { options, workspace, processes } = demo;
    requireDiskSpace();
    demo.engine = engineFor(demo);
    let endpoint = options.endpoint;
    let summary = '';
    if (endpoint) {
      await requireEmulator(endpoint);
      await demo.engine.prepare('', endpoint);
      summary = `the one that runs at ${endpoint.origin}`;
    } else {
      if (options.engine === 'process') {
        await requireTaskAddresses();
      }
      const port = await requirePort(options.port);
      endpoint = new URL(`http://127.0.0.1:${port}`);
      const python = await Python.find(processes);
      const emulatorPython = await python.environment(demo.engine.requirements, say);
      await demo.engine.prepare(emulatorPython, endpoint);
      say('starting');
      demo.emulator = await Emulator.start(emulatorPython, endpoint, demo.engine, workspace, processes);
      summary = `ministack at ${endpoint.origin}, tasks as ${demo.engine.name === 'process' ? 'processes' : `${demo.engine.name} containers`}`;
    }
    demo.aws = new Aws(endpoint);
    demo.cdk = new CdkCli(demo.aws, demo.engine, workspace, processes);
    return { summary, endpoint: endpoint.origin };
  },
};

export const synthesize: Step = {
  name: 'synth',
  title: 'cdk synth',
  async run(demo, say) {
    await demo.cdk.synth(demo.options.app, say);
    return { summary: demo.options.app, app: demo.options.app };
  },
};

export const bootstrap: Step = {
  name: 'bootstrap',
  title: 'cdk bootstrap',
  async run(demo, say) {
    await demo.cdk.bootstrap(say);
    demo.before = await Inventory.take(demo.aws);
    return { summary: 'the stack CDKToolkit' };
  },
};

export const deploy: Step = {
  name: 'deploy',
  title: 'cdk deploy',
  async run(demo, say) {
    await demo.cdk.deploy([STACK], say);
    demo.stack = await Stack.load(demo.aws, STACK);
    const { status, size, outputs } = demo.stack;
    if (!/^(CREATE|UPDATE)_COMPLETE$/.test(status)) {
      throw new DemoFailure(`the stack ${STACK} is ${status}`);
    }
    return { summary: `${STACK}, ${size} resources`, status, resources: size, outputs };
  },
};

function engineFor({ options, workspace, processes }: Pick<Demo, 'options' | 'workspace' | 'processes'>): Engine {
  const { engine, endpoint } = options;
  if (engine === 'process' && !endpoint) {
    return new ProcessEngine(workspace);
  }
  // An emulator that already runs starts its own containers, from images that are built here.
  return new ContainerEngine(engine === 'podman' ? 'podman' : 'docker', workspace, processes);
}
