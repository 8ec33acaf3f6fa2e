// Each project of the corpus that has to run: its image is synthesized, built by the rules of process mode (which are the steps of the image's own build
// stage), started as a task is, and asked once.
//
// With --engine it is really built, by the engine and from the base image of FLASK_BASE_IMAGE, and runs as on Fargate: read-only, /tmp in memory, the
// user of the image, no rights (tools/local-aws/container-test.sh makes the base image).
//
//   npx projen e2e:projects [-- --one-of-each | NAME…] [--engine podman]
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { FlaskFargateService, FlaskImage, type FlaskSourceOptions, FlaskStage } from '../../src';
import { freePort } from '../../tools/local-aws/free-port';

const execute = promisify(execFile);
const ROOT = path.join(__dirname, '../..');
const PROJECTS = path.join(ROOT, 'test/image/projects');
const TASK = path.join(__dirname, 'projects/run_image.py');
const CACHE = path.join(ROOT, 'tools/local-aws/.cache');
/** The tools that lock, each in a virtual environment of its own. */
const TOOLS = path.join(CACHE, 'lock-tools');
const MINUTE = 60_000;
/** One of each tool and layout: what CI has the time for. */
const ONE_OF_EACH = [
  'app-subfolder',
  'factory-with-arguments',
  'gunicorn-conf',
  'hatchling',
  'pdm-package',
  'pipenv',
  'poetry-package',
  'requirements-editable',
  'src-not-installed',
  'uv-without-server',
  'uv-workspace',
];

interface Expected {
  readonly error?: string;
  readonly options?: FlaskSourceOptions;
  /** The command that locks: the locks of the corpus name no index that answers. */
  readonly lock?: string;
}

async function main(words: string[]): Promise<void> {
  const at = words.indexOf('--engine');
  const engine = at < 0 ? undefined : words[at + 1];
  const names = at < 0 ? words : [...words.slice(0, at), ...words.slice(at + 2)];
  const wanted = names.includes('--one-of-each') ? ONE_OF_EACH : names;
  const all = fs.readdirSync(PROJECTS);
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new Error(`the corpus has no ${unknown.join(', ')}`);
  }
  const chosen = all.filter((name) => wanted.length === 0 || wanted.includes(name));
  const good = chosen.map((name) => ({ name, expected: expectedOf(name) })).filter(({ expected }) => expected.error === undefined);
  const failures: string[] = [];
  const start = Date.now();
  for (const { name, expected } of good) {
    const began = Date.now();
    try {
      const answer = await run(name, expected, engine);
      if (answer.status !== 200 || (name !== 'dash' && answer.body !== 'ok')) {
        throw new Error(`answered ${answer.status} with '${answer.body.slice(0, 200)}'`);
      }
      console.log(`✔ ${name} (${((Date.now() - began) / 1000).toFixed(1)} s${answer.size === undefined ? '' : `, ${answer.size}`})`);
    } catch (error) {
      failures.push(name);
      const { message, stderr } = error as Error & { stderr?: string };
      console.log(`✘ ${name}: ${message}\n${stderr ?? ''}`);
    }
  }
  console.log(
    `${good.length - failures.length} of ${good.length} projects answer in ${((Date.now() - start) / 1000).toFixed(0)} s${failures.length > 0 ? `; not ${failures.join(', ')}` : ''}`,
  );
  process.exitCode = failures.length > 0 || good.length === 0 ? 1 : 0;
}

function expectedOf(name: string): Expected {
  return JSON.parse(fs.readFileSync(path.join(PROJECTS, name, 'expected.json'), 'utf-8')) as Expected;
}

async function toolOf(name: string): Promise<string> {
  const program = path.join(TOOLS, name, 'bin', name);
  if (!fs.existsSync(program)) {
    await execute('python3', ['-m', 'venv', path.join(TOOLS, name)], { timeout: 5 * MINUTE });
    await execute(path.join(TOOLS, name, 'bin/pip'), ['install', '-q', name, ...(name === 'pdm' ? ['hishel<2'] : [])], {
      timeout: 5 * MINUTE,
    });
  }
  return program;
}

/** The index that this machine is set up for, which not every tool learns from pip's configuration. */
async function indexOf(): Promise<string> {
  const { stdout } = await execute('python3', ['-m', 'pip', 'config', 'get', 'global.index-url']).catch(() => ({ stdout: '' }));
  const byDefault = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)';
  return stdout.trim() || process.env.PIP_INDEX_URL || (await execute('python3', ['-c', byDefault])).stdout.trim();
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Of the image, where an engine built it. */
  readonly size?: string;
}

async function run(name: string, { options, lock }: Expected, engine: string | undefined): Promise<Answer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'flask-project-'));
  try {
    const source = path.join(folder, 'source');
    fs.cpSync(path.join(PROJECTS, name, 'source'), source, { recursive: true, verbatimSymlinks: true });
    const index = await indexOf();
    setIndex(source, index);
    if (lock) {
      await relock(source, lock, index);
    }
    const context = synthesized(source, path.join(folder, 'cdk.out'), options);
    if (engine !== undefined) {
      return await runContainer(engine, name, context);
    }
    const { stdout } = await execute('python3', [TASK, context], {
      timeout: 10 * MINUTE,
      env: {
        ...process.env,
        ...indexVariables(index),
        PYTHONPATH: path.join(ROOT, 'tools/local-aws/emulator/process_engine'),
        PROCESS_IMAGES: path.join(folder, 'images'),
        PROCESS_VENVS: path.join(CACHE, 'venvs'),
        PROCESS_TASKS: path.join(folder, 'tasks'),
      },
    });
    return JSON.parse(stdout.trim().split('\n').pop() ?? '') as Answer;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Locks anew with the index that this machine uses. */
async function relock(source: string, command: string, index: string): Promise<void> {
  const [tool, ...rest] = command.split(' ');
  for (const file of ['uv.lock', 'poetry.lock', 'pdm.lock', 'Pipfile.lock']) {
    fs.rmSync(path.join(source, file), { force: true });
  }
  const program = await toolOf(tool);
  await execute(program, rest, { cwd: source, timeout: 3 * MINUTE, env: { ...process.env, ...indexVariables(index), PIPENV_NOSPIN: '1' } });
  fs.rmSync(path.join(source, '.venv'), { recursive: true, force: true });
}

/** Names the index where a project file has to name it. */
function setIndex(source: string, index: string): void {
  const pipfile = path.join(source, 'Pipfile');
  if (fs.existsSync(pipfile)) {
    const named = `[[source]]\nurl = "${index}"\nverify_ssl = true\nname = "index"\n\n`;
    fs.writeFileSync(pipfile, fs.readFileSync(pipfile, 'utf-8').replace(/\[\[source\]\][^[]*/, named));
  }
  const pyproject = path.join(source, 'pyproject.toml');
  if (fs.existsSync(pyproject) && fs.readFileSync(pyproject, 'utf-8').includes('[tool.poetry]')) {
    fs.appendFileSync(pyproject, `\n[[tool.poetry.source]]\nname = "index"\nurl = "${index}"\npriority = "primary"\n`);
  }
}

function indexVariables(index: string): { [name: string]: string } {
  return { PDM_PYPI_URL: index, UV_DEFAULT_INDEX: index, PIPENV_PYPI_MIRROR: index };
}

/** The build context, as the CLI would hand it to an engine. */
function synthesized(source: string, outdir: string, options: FlaskSourceOptions | undefined): string {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Project');
  new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource(source, options), stage: FlaskStage.ephemeral() });
  app.synth();
  const [asset] = fs
    .readdirSync(outdir)
    .filter((file) => file.startsWith('asset.') && fs.existsSync(path.join(outdir, file, 'Dockerfile')));
  return path.join(outdir, asset);
}

/** As Fargate runs it: the root read-only, /tmp in memory, no rights, the user and the command of the image. */
async function runContainer(engine: string, name: string, context: string): Promise<Answer> {
  const file = path.join(context, 'Dockerfile');
  const base = process.env.FLASK_BASE_IMAGE;
  if (base !== undefined) {
    fs.writeFileSync(file, fs.readFileSync(file, 'utf-8').replace(/^FROM \S+/gm, `FROM ${base}`));
  }
  const image = `localhost/flask-project-${name}`;
  const pull = engine === 'podman' ? ['--pull=never'] : [];
  await execute(engine, ['build', ...pull, '--network', 'host', '-t', image, context], { timeout: 15 * MINUTE, maxBuffer: 1 << 26 });
  const { stdout: size } = await execute(engine, ['image', 'inspect', '--format', '{{.Size}}', image]);
  const port = await freePort();
  const limits = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--network', 'host'];
  const settings = ['-e', `PORT=${port}`, '-e', `GUNICORN_CMD_ARGS=--bind 127.0.0.1:${port} --workers 1 -k gthread --threads 4`];
  const { stdout: id } = await execute(engine, ['run', '-d', ...limits, ...settings, image], { timeout: MINUTE });
  try {
    for (let left = 60; ; left -= 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).catch(() => undefined);
      if (answer !== undefined || left === 0) {
        return { status: answer?.status ?? 0, body: (await answer?.text()) ?? (await logOf(engine, id.trim())), size: megabytes(size) };
      }
      await sleep(500);
    }
  } finally {
    await execute(engine, ['rm', '-f', id.trim()]).catch(() => undefined);
    await execute(engine, ['rmi', image]).catch(() => undefined);
  }
}

async function logOf(engine: string, id: string): Promise<string> {
  const { stdout, stderr } = await execute(engine, ['logs', id]);
  return `${stdout}${stderr}`;
}

function megabytes(bytes: string): string {
  return `${(Number(bytes.trim()) / 1e6).toFixed(0)} MB`;
}

void main(process.argv.slice(2).filter((word) => word !== '--'));
