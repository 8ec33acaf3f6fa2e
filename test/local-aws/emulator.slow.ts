import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ChildProcesses } from '../../tools/local-aws/child-processes';
import { Python } from '../../tools/local-aws/python';

const EMULATOR = resolve(__dirname, '../../tools/local-aws/emulator');

// The first run installs the emulator's Python environment, which the demo then finds in the cache.
jest.setTimeout(180_000);

let python: string;

beforeAll(async () => {
  const found = await Python.find(new ChildProcesses());
  python = await found.environment(join(EMULATOR, 'requirements.txt'), () => undefined);
});

const env = {
  ...process.env,
  PYTHONPATH: `${EMULATOR}:${join(EMULATOR, 'process_engine')}`,
  PYTHONDONTWRITEBYTECODE: '1',
  GATEWAY_PORT: '4566',
};

async function runPython(code: string): Promise<string> {
  const { stdout } = await promisify(execFile)(python, ['-c', code], { env });
  return stdout;
}

test('ministack is the version that local_aws was written for', async () => {
  const version = await runPython('from importlib.metadata import version; print(version("ministack"))');
  expect(version.trim()).toBe('1.5.33');
});

test('every name of ministack that is replaced or used is still there', async () => {
  const replaced = await runPython(
    'from local_aws.__main__ import apply_all; from local_aws import patching; apply_all(); print(len(patching.REPLACED))',
  );
  expect(Number(replaced.trim().split('\n').at(-1))).toBeGreaterThan(30);
});

test('a name that is gone is named', async () => {
  const code = [
    'from local_aws.__main__ import apply_all',
    'from ministack.services import ecs',
    'del ecs._record_service_task_healthy',
    'apply_all()',
  ].join('\n');
  await expect(runPython(code)).rejects.toThrow(/NameGone: ministack\.services\.ecs\._record_service_task_healthy/);
});

test('a task process cannot listen on all addresses of the machine', async () => {
  const code = [
    'import os, subprocess, sys',
    'from docker.task_environment import TASK_SITE',
    'child = "import socket; s = socket.socket(); s.bind((\\"0.0.0.0\\", 0)); print(s.getsockname()[0])"',
    'env = {**os.environ, "PYTHONPATH": str(TASK_SITE), "TASK_ADDRESS": "127.0.0.1"}',
    'print(subprocess.run([sys.executable, "-c", child], env=env, capture_output=True, text=True).stdout)',
  ].join('\n');
  expect((await runPython(code)).trim()).toBe('127.0.0.1');
});

test('the Python unit tests of the stand-in for docker and of local_aws pass', async () => {
  const { stderr } = await promisify(execFile)(python, ['-m', 'unittest', 'discover', '-s', __dirname, '-p', 'test_*.py'], { env });
  // without namespaces for users the limits of containers cannot be tried
  expect(stderr).toMatch(/^OK( \(skipped=\d+\))?$/m);
});
