import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcesses } from './child-processes';
import type { Engine } from './engine';
import { DemoFailure } from './failure';
import type { Workspace } from './workspace';

const EMULATOR = join(__dirname, 'emulator');

/** Tasks as containers of docker or podman: the image is really built from the asset and run. */
export class ContainerEngine implements Engine {
  /** It keeps all limits. */
  public readonly recordedOnly: readonly string[] = [];
  public readonly requirements = join(EMULATOR, 'requirements-containers.txt');
  private readonly dockerCommand: string;
  private socket: string | undefined;
  private configuration: NodeJS.ProcessEnv = {};

  public constructor(
    public readonly name: 'docker' | 'podman',
    private readonly workspace: Workspace,
    private readonly processes: ChildProcesses,
  ) {
    this.dockerCommand = join(workspace.folder, 'docker');
  }

  public get emulatorEnvironment(): NodeJS.ProcessEnv {
    return { ...this.configuration, PYTHONPATH: EMULATOR, ...(this.socket ? { DOCKER_HOST: this.socket } : {}) };
  }

  public get cdkEnvironment(): NodeJS.ProcessEnv {
    return { ...this.configuration, CDK_DOCKER: this.dockerCommand };
  }

  public async prepare(_python: string, endpoint: URL): Promise<void> {
    await this.requireEngine();
    if (this.name === 'podman') {
      await this.startPodman(endpoint);
    }
    writeFileSync(this.dockerCommand, this.name === 'podman' ? podmanCommand(endpoint) : dockerCommand(endpoint), { mode: 0o755 });
  }

  public async crash(_taskArn: string, runtimeId: string): Promise<void> {
    await this.engine('kill', '--signal', 'KILL', runtimeId);
  }

  public async running(): Promise<string[]> {
    const output = await this.engine('ps', '--filter', 'label=ministack=ecs', '--format', '{{.Names}}');
    return output.split('\n').filter((name) => name !== '');
  }

  public async cleanUp(): Promise<void> {
    // The emulator removes its containers when it stops; the podman service is one of our processes.
  }

  private async requireEngine(): Promise<void> {
    const remedy = `install and start ${this.name}, or leave --engine out: the app then runs as plain processes`;
    try {
      await this.engine('info');
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new DemoFailure(
        missing ? `${this.name} is not installed` : `${this.name} does not answer`,
        remedy,
        (error as DemoFailure).output,
      );
    }
  }

  /** podman has no daemon: its API is served for this run, on a socket of its own, with the emulator as a registry without TLS. */
  private async startPodman(endpoint: URL): Promise<void> {
    const registries = join(this.workspace.folder, 'registries.conf');
    const entries = ['000000000000.dkr.ecr.us-east-1.amazonaws.com', endpoint.host];
    writeFileSync(
      registries,
      entries.map((prefix) => `[[registry]]\nprefix = "${prefix}"\nlocation = "${endpoint.host}"\ninsecure = true\n`).join(''),
    );
    // The second name is that of older versions.
    this.configuration = { CONTAINERS_REGISTRIES_CONF: registries, REGISTRIES_CONFIG_PATH: registries };
    const socket = join(this.workspace.folder, 'podman.sock');
    this.socket = `unix://${socket}`;
    this.processes.start('podman', ['system', 'service', '--time=0', this.socket], {
      env: { ...process.env, ...this.configuration },
      stdio: 'ignore',
    });
    await this.engine('--url', this.socket, 'info');
  }

  private engine(...args: string[]): Promise<string> {
    return this.processes.run(this.name, args, {
      env: { ...process.env, ...this.configuration },
      failure: `${this.name} ${args[0]} failed`,
    });
  }
}

// What the CDK calls instead of docker: a push to ECR goes to the emulator's registry, at the address that it really has. No name
// of AWS is ever asked for.

function dockerCommand(endpoint: URL): string {
  return `#!/bin/sh
set -e
[ "$1" = --config ] && shift 2
case "$1" in
  login) cat >/dev/null ;; # the emulator's registry takes no credentials
  push)
    for name; do :; done
    case "$name" in *.amazonaws.com/*) ;; *) exec docker push "$name" ;; esac
    here="${endpoint.host}/\${name#*/}"
    docker tag "$name" "$here"
    docker push --quiet "$here"
    docker rmi "$here" >/dev/null ;;
  *) exec docker "$@" ;;
esac
`;
}

function podmanCommand(endpoint: URL): string {
  return `#!/bin/sh
set -e
[ "$1" = --config ] && shift 2
case "$1" in
  login) cat >/dev/null ;; # the emulator's registry takes no credentials
  push)
    for name; do :; done
    case "$name" in *.amazonaws.com/*) ;; *) exec podman push "$name" ;; esac
    exec podman push --quiet --tls-verify=false "$name" "docker://${endpoint.host}/\${name#*/}" ;;
  build) shift; exec podman build --pull=missing "$@" ;;
  *) exec podman "$@" ;;
esac
`;
}
