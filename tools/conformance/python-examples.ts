/**
 * The examples as a team of Python would check them: ruff with examples/ruff.toml, pyright with examples/pyrightconfig.json, and mypy. Pyright does not
 * check arguments of the CDK apps, and mypy does: the classes and the interfaces of the CDK name the parameters of a method differently
 * (`Topic.add_subscription(topic_subscription)`, `ITopic.add_subscription(subscription)`), so that for pyright no Topic is an ITopic.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { artefact } from './artefacts';
import { CommandFailure, run } from './commands';
import { LANGUAGES } from './languages';
import { CACHE, EXAMPLES, examplesOf, filesOf, hashOf, ROOT } from './layout';

const FOLDER = path.join(CACHE, 'python-examples');
const TOOLS = ['ruff==0.17.6', 'pyright==1.1.414', 'mypy==1.18.2'];
const RUFF = [
  ['check', '-q'],
  ['format', '-q', '--check'],
];

/** With a Python that has the package and the CDK. */
export async function checkPythonExamples(python: string): Promise<void> {
  const module = (args: string[], cwd: string) =>
    run({ command: python, args: ['-m', ...args], cwd, env: { PYTHONDONTWRITEBYTECODE: '1' } });
  const requirements = ['python/two-stages/app', 'tutorial/app'].flatMap((app) => ['-r', path.join(EXAMPLES, app, 'requirements.txt')]);
  await module(['pip', 'install', '-q', '--disable-pip-version-check', ...TOOLS, ...requirements], ROOT);
  for (const args of RUFF) {
    await module(['ruff', ...args, 'python', 'tutorial'], EXAMPLES);
  }
  await module(['pyright', '--pythonpath', python], EXAMPLES);
  await module(['mypy', '--check-untyped-defs', '--cache-dir', path.join(CACHE, 'mypy'), '.'], programs());
}

/** All CDK apps in one folder, each under a name of its own: mypy then reads the CDK once. */
function programs(): string {
  fs.rmSync(FOLDER, { recursive: true, force: true });
  fs.mkdirSync(FOLDER, { recursive: true });
  const folder = path.join(EXAMPLES, 'python');
  for (const example of examplesOf(folder)) {
    for (const file of filesOf(path.join(folder, example), /\.py$/)) {
      const name = path.basename(file) === 'app.py' ? `example_${example.replaceAll(/\W/g, '_')}.py` : path.basename(file);
      fs.copyFileSync(file, path.join(FOLDER, name));
    }
  }
  return FOLDER;
}

if (require.main === module) {
  const wheel = artefact('python', /\.whl$/);
  const language = LANGUAGES.find(({ folder }) => folder === 'python');
  Promise.resolve(language?.prepare(hashOf([wheel])))
    .then(() => checkPythonExamples(path.join(CACHE, 'python/bin/python')))
    .then(() => console.log('ruff, pyright and mypy find nothing in examples/python and examples/tutorial'))
    .catch((error) => {
      console.error(error instanceof CommandFailure ? `${error.message}\n${error.output}` : error);
      process.exitCode = 1;
    });
}
