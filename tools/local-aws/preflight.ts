import { mkdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { DemoFailure } from './failure';
import { Workspace } from './workspace';

const NEEDED_MIB = 700;

/** The cache, two Python environments and the logs take about 300 MiB; images of an engine come on top. */
export function requireDiskSpace(): void {
  mkdirSync(Workspace.cache, { recursive: true });
  const { bavail, bsize } = statfsSync(Workspace.cache);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free < NEEDED_MIB) {
    throw new DemoFailure(`only ${free} MiB are free on the disk of ${Workspace.cache}`, `free some: the demo needs ${NEEDED_MIB} MiB`);
  }
}

/** The port to use on 127.0.0.1: the one asked for, or any free one for 0. */
export async function requirePort(port: number): Promise<number> {
  try {
    return await tryListening('127.0.0.1', port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DemoFailure(
      code === 'EADDRINUSE'
        ? `port ${port} on 127.0.0.1 is taken, perhaps by another AWS emulator`
        : `port ${port} cannot be used (${code})`,
      `use another with --port (0: any free one)${code === 'EADDRINUSE' ? `, or that emulator with --endpoint http://127.0.0.1:${port}` : ''}`,
    );
  }
}

/** Plain processes get an address each from 127.0.10.0/24, which Linux has and macOS must be given. */
export async function requireTaskAddresses(): Promise<void> {
  try {
    await tryListening('127.0.10.2', 0);
  } catch {
    throw new DemoFailure(
      'this machine has no loopback address 127.0.10.2, which tasks as plain processes need',
      'macOS: for i in $(seq 2 31); do sudo ifconfig lo0 alias 127.0.10.$i; done (until the next restart), or use --engine docker',
    );
  }
}

function tryListening(host: string, port: number): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : port));
    });
  });
}
