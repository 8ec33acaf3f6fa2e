import type { FlaskSourceOptions } from '../../src';
import { FlaskImage } from '../../src';
import { readProject } from '../../src/image/project/source-project';
import { type Files, flaskApp } from '../util/flask-app';
import { expectError } from '../util/test-stack';

const APP = 'from flask import Flask\n\napp = Flask(__name__)\n';
const FACTORY = 'def create_app(config=None):\n    pass\n';
const REQUIREMENTS = 'Flask==3.1.3\ngunicorn==27.0.1\n';

const read = (files: Files, options: FlaskSourceOptions = {}) =>
  readProject(flaskApp({ 'requirements.txt': REQUIREMENTS, ...files }), options);
const callableOf = (files: Files) => read(files).callable.wsgiApp;

/** Expects a message, in which {source} is the folder. */
function expectFault(files: Files, message: string, options: FlaskSourceOptions = {}): void {
  const source = flaskApp({ 'requirements.txt': REQUIREMENTS, ...files });
  expectError(() => FlaskImage.fromSource(source, options), message.replaceAll('{source}', source));
}

describe('the app', () => {
  test.each([
    ['from flask import Flask\nclass Shop(Flask):\n    pass\nshop = Shop(__name__)\n', 'app:shop'],
    ['import flask\nclass Base(flask.Flask):\n    pass\nclass Shop(Base):\n    pass\nshop = Shop(__name__)\n', 'app:shop'],
    ['from flask import Flask as F\nshop = F(__name__)\n', 'app:shop'],
    ['from apiflask import APIFlask\nshop = APIFlask(__name__)\n', 'app:shop'],
    ['from flask_openapi3 import OpenAPI\nshop = OpenAPI(__name__)\n', 'app:shop'],
    ['import connexion\napp = connexion.App(__name__)\n', 'app:app'],
    ['from flask import Flask\n(app := Flask(__name__))\n', 'app:app'],
    ['from flask import Flask\ncreate_app = lambda: Flask(__name__)\n', 'app:create_app()'],
    ['from functools import partial\nfrom x import make\ncreate_app = partial(make, "production")\n', 'app:create_app()'],
    ['class Loop(Loop):\n    pass\nfrom flask import Flask\nloop = Loop()\nshop = Flask(__name__)\n', 'app:shop'],
  ])('%s', (text, wsgiApp) => {
    expect(callableOf({ 'app.py': text })).toBe(wsgiApp);
  });

  test.each(['from quart import Quart\napp = Quart(__name__)\n', 'import quart\napp = quart.Quart(__name__)\n'])(
    'that speaks ASGI is told: %s',
    (text) => {
      expectFault(
        { 'app.py': text },
        "'app' of wsgiApp 'app:app' is a Quart app, which speaks ASGI, and gunicorn would answer each request with 500; start a server of ASGI in a Dockerfile of your own, by FlaskImage.fromDockerfile() and WsgiServer.custom()",
        { wsgiApp: 'app:app' },
      );
    },
  );

  test.each([
    ['from shop.db import db\n', 'shop.web:app', ''],
    ['import shop.db\n', 'shop.web:app', ''],
    ['from .db import db\n', 'shop.web:app', ''],
    ['from db import db\n', 'web:app', 'shop'],
    ['"""\nfrom shop import x\n"""\n', 'web:app', 'shop'],
  ])('in a folder without __init__.py is imported as it imports: %s', (line, wsgiApp, workingDirectory) => {
    expect(read({ 'shop/web.py': `${line}${APP}`, 'shop/db.py': 'db = 1\n' }).callable).toMatchObject({ wsgiApp, workingDirectory });
  });

  test('in src that names src is imported from above', () => {
    expect(read({ 'src/app.py': `from src.db import db\n${APP}`, 'src/db.py': 'db = 1\n' }).callable).toMatchObject({
      wsgiApp: 'src.app:app',
      workingDirectory: '',
      importPath: undefined,
    });
  });

  test('of the folder that makes one, where another imports one', () => {
    const files = { 'shop/app.py': APP, 'jobs/main.py': 'from elsewhere import app\n' };
    expect(read(files).callable).toMatchObject({ wsgiApp: 'app:app', workingDirectory: 'shop' });
    expect(read({ ...files, 'jobs/app.py': APP }, { workingDirectory: 'jobs' }).callable.workingDirectory).toBe('jobs');
  });

  test.each([
    ['Procfile', 'web: gunicorn app:app\n'],
    ['Dockerfile', 'FROM python:3.13\nCMD ["gunicorn", "app:app"]\n'],
  ])('of the folder that the option names, whatever the %s says', (name, text) => {
    const files = { [name]: text, 'app.py': APP, 'web/app.py': APP };
    expect(read(files).callable.workingDirectory).toBe('');
    expect(read(files, { workingDirectory: 'web' }).callable).toMatchObject({ wsgiApp: 'app:app', workingDirectory: 'web' });
    // a member of a workspace, started from the root
    const { 'app.py': _, ...member } = { ...files, [name]: text.replace('app:app', 'web.app:app'), 'web/__init__.py': '' };
    expect(read(member, { workingDirectory: 'web' }).callable).toMatchObject({ wsgiApp: 'web.app:app', workingDirectory: '' });
  });
});

describe('a Dockerfile that is not built says what to start', () => {
  const files = { 'wsgi.py': APP, 'app.py': APP, 'shop/__init__.py': FACTORY };
  test.each([
    ['CMD ["gunicorn", "-b", "0.0.0.0:5000", "app:app"]', 'app:app'],
    ['CMD ["gunicorn", "shop:create_app(config=\'production\')"]', "shop:create_app(config='production')"],
    ['CMD gunicorn --workers 4 "shop:create_app()"', 'shop:create_app()'],
    ['CMD ["sh", "-c", "flask db upgrade && gunicorn app:app"]', 'app:app'],
    ['ENTRYPOINT ["uv", "run", "gunicorn"]\nCMD ["app:app"]', 'app:app'],
    ['CMD ["flask", "--app", "shop", "run", "--host=0.0.0.0"]', 'shop:create_app()'],
    ['CMD ["uwsgi", "--http", ":80", "--module", "app:app"]', 'app:app'],
    // what is not here, or nothing
    ['CMD ["gunicorn", "elsewhere:app"]', 'wsgi:app'],
    ['CMD ["gunicorn", "shop:create_app"]', 'wsgi:app'],
    ['CMD ["./start.sh"]', 'wsgi:app'],
    ['CMD ["sh"]', 'wsgi:app'],
    ['RUN true', 'wsgi:app'],
  ])('%s', (line, wsgiApp) => {
    expect(callableOf({ ...files, Dockerfile: `FROM python:3.13\n${line}\n` })).toBe(wsgiApp);
  });

  test('after a Procfile, and before .flaskenv', () => {
    const both = { ...files, Dockerfile: 'FROM python:3.13\nCMD ["gunicorn", "app:app"]\n', '.flaskenv': 'FLASK_APP=shop\n' };
    expect(read(both).callable).toMatchObject({ wsgiApp: 'app:app', source: 'Dockerfile' });
    expect(callableOf({ ...both, Procfile: 'web: gunicorn wsgi:app\n' })).toBe('wsgi:app');
  });
});

describe('a Procfile', () => {
  test.each([
    ['web: PYTHONPATH=lib gunicorn shop:app', 'shop:app', 'lib'],
    ['web: PYTHONPATH=.:lib gunicorn shop:app', 'shop:app', 'lib'],
    ['web: PYTHONPATH="$PYTHONPATH:." gunicorn app:app', 'app:app', ''],
    ['web: flask --app=factory run -p $PORT', 'factory:create_app()', ''],
    ['web: flask db upgrade && flask --app factory run', 'factory:create_app()', ''],
    ['web: uwsgi --http :$PORT -w factory:create_app()', 'factory:create_app()', ''],
    ['web: uwsgi uwsgi.ini', 'app:app', ''],
    ['web: flask run', 'app:app', ''],
  ])('%s', (line, wsgiApp, workingDirectory) => {
    const files = { 'app.py': APP, 'lib/shop.py': APP, 'factory.py': FACTORY };
    expect(read({ ...files, Procfile: `${line}\n` }).callable).toMatchObject({ wsgiApp, workingDirectory });
  });
});

describe('gunicorn.conf.py', () => {
  const withConfig = (text: string): Files => ({ 'app.py': APP, 'shop/app.py': APP, 'gunicorn.conf.py': `${text}\n` });

  test.each([
    [
      'user = 1000',
      'sets user = 1000, to which gunicorn cannot change, because it does not start as root; remove it, because the image has its own user',
    ],
    [
      "errorlog = 'logs/error.log'",
      "sets errorlog = 'logs/error.log', which the user of the image may not write, so gunicorn would end at once; write '-': ECS takes the log from standard error",
    ],
    [
      "worker_tmp_dir = '/var/run'",
      "sets worker_tmp_dir = '/var/run', which the user of the image may not write, so gunicorn would end at once; remove it",
    ],
    [
      "chdir = '/home/me/shop'",
      "sets chdir = '/home/me/shop', which is not in the image, so gunicorn would end at once; write the folder within the project, or remove the line",
    ],
  ])('%s', (text, message) => {
    expectFault(withConfig(text), `gunicorn.conf.py of '{source}' ${message}`);
  });

  test('what the environment may say, and what is so already, may stand', () => {
    const text =
      "certfile = os.getenv('CERT')\nkeyfile = os.environ.get('KEY')\nuser = 10001\nworker_tmp_dir = '/dev/shm'\nchdir = '/app/shop'";
    expect(read(withConfig(text)).callable).toMatchObject({ wsgiApp: 'app:app', workingDirectory: 'shop' });
  });
});

describe('a place on the machine that wrote the requirements', () => {
  const message = (place: string) =>
    `'requirements.txt' of '{source}' installs from '${place}', a place on the machine that wrote the file and not in the image; write a version in its place (of conda: pip list --format=freeze > requirements.txt), or a path within the folder such as './libs/shared'`;
  test.each([
    ['-e /home/me/shop', '/home/me/shop'],
    ['shared @ file:///home/me/shared', '/home/me/shared'],
    ['-e file:///home/me/shared#egg=shared', '/home/me/shared'],
    ['/home/me/shared.whl', '/home/me/shared.whl'],
  ])('%s', (line, place) => {
    expectFault({ 'app.py': APP, 'requirements.txt': `${REQUIREMENTS}${line}\n` }, message(place));
  });

  test('may be there: in a base image, and where the image has the app', () => {
    const files = { 'app.py': APP, 'requirements.txt': `${REQUIREMENTS}shared @ file:///src/shared\n` };
    expect(read(files, { baseImage: 'shop-base:1' }).dependencies.needsSource).toBe(true);
    expect(read({ ...files, 'requirements.txt': `${REQUIREMENTS}file:///app/libs/shared\n` }).dependencies.needsSource).toBe(true);
  });
});

test.each(['3.13+gil', '3.13+freethreaded'])(".python-version '%s' is 3.13", (text) => {
  expect(read({ 'app.py': APP, '.python-version': `${text}\n` }).python?.version).toBe('3.13');
});

describe('what the build cannot reach', () => {
  const POETRY = (lines: string): Files => ({ 'app.py': APP, 'pyproject.toml': `[tool.poetry.dependencies]\nflask = "^3"\n${lines}\n` });
  const PROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n';
  const UV = (source: string): Files => ({
    'app.py': APP,
    'pyproject.toml': PROJECT,
    'uv.lock': `version = 1\n[[package]]\nname = "flask"\nversion = "3.1.3"\n[[package]]\nname = "shared"\nversion = "1"\nsource = { ${source} }\n`,
  });
  const PDM = (line: string): Files => ({
    'app.py': APP,
    'pyproject.toml': PROJECT,
    'pdm.lock': `[[package]]\nname = "flask"\nversion = "3.1.3"\n[[package]]\nname = "shared"\nversion = "1"\n${line}\n`,
  });
  const PIPFILE = (line: string, source = ''): Files => ({ 'app.py': APP, Pipfile: `${source}[packages]\nflask = "*"\n${line}\n` });
  const without = (files: Files) => flaskApp(files);
  const expectRefusal = (files: Files, message: string, options: FlaskSourceOptions = {}) => {
    const source = without(files);
    expectError(() => FlaskImage.fromSource(source, options), message.replaceAll('{source}', source));
  };

  test.each([
    ['uv.lock', UV('directory = "/home/me/shared"'), 'give the folder above, and name this folder by workingDirectory'],
    ['pyproject.toml', POETRY('shared = { path = "/home/me/shared" }'), 'move it into the folder'],
    ['pdm.lock', PDM('path = "/home/me/shared"'), 'move it into the folder'],
    ['Pipfile', PIPFILE('shared = { path = "/home/me/shared" }'), 'move it into the folder'],
  ])('a path of another machine: %s', (file, files, remedy) => {
    expectRefusal(
      files,
      `${file} of '{source}' installs from '/home/me/shared', which is outside the folder and so not in the image; ${remedy}`,
    );
  });

  test.each([
    ['uv.lock', UV('git = "ssh://git@example.com/shared.git?rev=1#2"'), 'ssh://git@example.com/shared.git'],
    ['pyproject.toml', POETRY('shared = { git = "git@example.com:shared.git" }'), 'git@example.com:shared.git'],
    ['pdm.lock', PDM('git = "ssh://git@example.com/shared.git"'), 'ssh://git@example.com/shared.git'],
    ['Pipfile', PIPFILE('shared = { git = "ssh://git@example.com/shared.git" }'), 'ssh://git@example.com/shared.git'],
  ])('a repository by a key of ssh: %s', (file, files, url) => {
    expectRefusal(
      files,
      `${file} of '{source}' installs from '${url}', and the build has neither ssh nor a key; write https: in its place and lock again, and give the password of a private repository as the build secret netrc, by buildSecrets`,
    );
    expect(readProject(without(files), { baseImage: 'shop-base:1' }).dependencies.git).toBe(true);
  });

  test('a variable in an index of a Pipfile', () => {
    const files = PIPFILE('', '[[source]]\nname = "ours"\nurl = "https://me:${TOKEN}@example.com/simple"\nverify_ssl = true\n');
    expectRefusal(
      files,
      "Pipfile of '{source}' names the variable ${TOKEN}, which the build does not have; give it by buildSecrets, with the name TOKEN and the value 'env=TOKEN'",
    );
    expect(readProject(without(files), { buildSecrets: { TOKEN: 'env=TOKEN' } }).dependencies.tool).toBe('Pipenv');
  });
});

describe('a file that may be meant', () => {
  const message = (hint: string) =>
    `the folder '{source}' does not say what to install: it has none of requirements.txt, uv.lock, poetry.lock, Pipfile, pdm.lock, pyproject.toml, setup.py${hint}; add one with Flask in it (pip freeze > requirements.txt), name it by dependencyFile, or use FlaskImage.fromDockerfile()`;
  test.each([
    ['reqs.txt', " ('reqs.txt' may be meant: name it by dependencyFile)"],
    ['Requirements.txt', " ('Requirements.txt' may be meant: name it by dependencyFile)"],
    ['requirements/common.txt', " ('requirements/common.txt' may be meant: name it by dependencyFile)"],
    ['requirements-dev.txt', ''],
    // pip takes no folder for a project by it
    ['setup.cfg', ''],
  ])('%s', (file, hint) => {
    const source = flaskApp({ 'app.py': APP, [file]: 'flask\n' });
    expectError(() => FlaskImage.fromSource(source), message(hint).replaceAll('{source}', source));
  });
});
