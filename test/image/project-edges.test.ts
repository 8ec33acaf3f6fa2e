import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FlaskSourceOptions } from '../../src';
import { FlaskImage } from '../../src';
import { markerHolds } from '../../src/image/project/marker';
import { readProject } from '../../src/image/project/source-project';
import { type Files, flaskApp } from '../util/flask-app';
import { expectError, service, testStack } from '../util/test-stack';

const APP = 'from flask import Flask\n\napp = Flask(__name__)\n';
const REQUIREMENTS = 'Flask==3.1.3\ngunicorn==27.0.1\n';
const LIBRARY: Files = { 'libs/shared/pyproject.toml': '[project]\nname = "shared"\nversion = "1"\n' };
const requirements = (lines: string, more: Files = {}): Files => ({
  'app.py': APP,
  'requirements.txt': `${REQUIREMENTS}${lines}\n`,
  ...more,
});
const withApp = (files: Files): Files => ({ 'requirements.txt': REQUIREMENTS, ...files });

const read = (files: Files, options: FlaskSourceOptions = {}) => readProject(flaskApp(files), options);
const callableOf = (files: Files) => read(withApp(files)).callable.wsgiApp;
const serverOf = (files: Files) => read(files).dependencies.requirements.find(({ name }) => name === 'gunicorn');

/** Expects a message, in which {source} is the folder. */
function expectFault(files: Files, message: string, options: FlaskSourceOptions = {}): void {
  const source = flaskApp(files);
  expectError(() => FlaskImage.fromSource(source, options), message.replaceAll('{source}', source));
}

const NO_APP =
  "no Flask app was found in the folder '{source}': neither wsgi.py nor app.py, nor another module or package there, has app or application, a Flask object, or create_app() or make_app() that can be called without arguments; name it by wsgiApp, 'shop:create_app()' for example";

describe('the callable', () => {
  test('a name below `if __name__ == "__main__"` is not there when a server imports the module', () => {
    const script = 'from shop import create_app\n\nif __name__ == "__main__":\n    app = create_app()\n    app.run()\n';
    const shop = 'def create_app(config=None):\n    pass\n';
    expect(callableOf({ 'run.py': script, 'shop/__init__.py': shop })).toBe('run:create_app()');
    expect(callableOf({ 'run.py': script.replace('__name__ == "__main__"', "'__main__' == __name__"), 'shop/__init__.py': shop })).toBe(
      'run:create_app()',
    );
    // the same name at the top is there
    expect(callableOf({ 'run.py': `app = create_app()\n${script}`, 'shop/__init__.py': shop })).toBe('run:app');
    expectFault(
      withApp({ 'run.py': script, Procfile: 'web: gunicorn run:app', 'shop/__init__.py': shop }),
      "'app' of wsgiApp 'run:app' is not in run.py, which has create_app; set wsgiApp to 'run:create_app()'",
    );
  });

  test('what a type checker alone sees is not there', () => {
    expect(
      callableOf({
        'app.py': `from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from x import app\n\n\ndef make_app():\n    pass\n`,
      }),
    ).toBe('app:make_app()');
  });

  test('what is imported is what it is where it is made', () => {
    const needs = { 'shop/__init__.py': 'from .factory import create_app\n', 'shop/factory.py': 'def create_app(config):\n    pass\n' };
    expectFault(withApp({ ...needs, 'app.py': 'from shop import create_app\n' }), NO_APP);
    expectFault(
      withApp({ ...needs, 'wsgi.py': 'from shop import create_app\n' }),
      "'create_app' of wsgiApp 'wsgi:create_app()' takes config, which the call does not give; give plain values: 'wsgi:create_app(\"production\")', or add a wsgi.py that makes the app",
      { wsgiApp: 'wsgi:create_app()' },
    );
    expectFault(
      withApp({ 'wsgi.py': 'from board import app\n', 'board.py': 'import dash\napp = dash.Dash(__name__)\n' }),
      "'app' of wsgiApp 'wsgi:app' is a Dash app, which is not a WSGI callable; give its server: 'wsgi:app.server'",
      { wsgiApp: 'wsgi:app' },
    );
    expect(callableOf({ 'wsgi.py': 'from board import app\n', 'board.py': 'import dash\napp = dash.Dash(__name__)\n' })).toBe(
      'wsgi:app.server',
    );
    expect(callableOf({ 'a.py': 'from b import app\n', 'b.py': 'from a import app\n', 'wsgi.py': 'from a import app\n' })).toBe('wsgi:app');
  });

  test('a module is no app, though its name is', () => {
    const shop = { 'shop/__init__.py': '', 'shop/app.py': APP };
    expect(callableOf({ ...shop, 'run.py': 'from shop import app\n\napp.start()\n' })).toBe('shop.app:app');
    expectFault(
      withApp({ ...shop, 'run.py': 'from shop import app\n' }),
      "'app' of wsgiApp 'run:app' is the module shop.app, which is not a WSGI callable; name what is in it by wsgiApp, as in 'shop.app:app'",
      { wsgiApp: 'run:app' },
    );
    expect(read(withApp({ ...shop, 'run.py': 'from shop import app\n' }), { wsgiApp: 'run:app.app' }).callable.file).toBe('run.py');
    // the package's own name goes before its module
    expect(callableOf({ ...shop, 'shop/__init__.py': 'from .app import app\n', 'run.py': 'from shop import app\n' })).toBe('run:app');
  });

  test('an app deep in a package is found, and of two none is guessed', () => {
    const deep = { 'shop/__init__.py': '', 'shop/web/__init__.py': '', 'shop/web/http.py': APP, 'shop/web/test_http.py': APP };
    expect(callableOf(deep)).toBe('shop.web.http:app');
    expectFault(
      withApp({ ...deep, 'shop/admin.py': APP }),
      "the folder '{source}' has more than one app: 'shop.admin:app' and 'shop.web.http:app'; set wsgiApp to the one to serve, 'shop.admin:app'",
    );
    // what the flask command would find goes first
    expect(callableOf({ ...deep, 'shop/admin.py': APP, 'wsgi.py': 'from shop.web.http import app\n' })).toBe('wsgi:app');
  });

  test('an app that is wrapped is the app, and a function may be the callable itself', () => {
    expect(callableOf({ 'app.py': 'from flask import Flask\nshop = Flask(__name__)\nshop = ProxyFix(shop, x_for=1)\n' })).toBe('app:shop');
    expect(callableOf({ 'wsgi.py': 'def application(environ, start_response):\n    pass\n' })).toBe('wsgi:application');
  });

  test('a folder named like a module, and a link that leads nowhere, are passed by', () => {
    const source = flaskApp(withApp({ 'shop.py': APP.replace('app =', 'shop ='), 'zz.py/file': '' }));
    fs.symlinkSync('/nowhere', path.join(source, 'broken.py'));
    expect(readProject(source, {}).callable.wsgiApp).toBe('shop:shop');
  });

  test.each([
    ['web: (cd shop && gunicorn wsgi:app)', 'wsgi:app', 'shop'],
    ['web: sh -c "cd shop && exec gunicorn wsgi:app"', 'wsgi:app', 'shop'],
    ['web: cd "the shop" && gunicorn wsgi:app', 'wsgi:app', 'the shop'],
    ['web: cd the\\ shop; gunicorn wsgi:app', 'wsgi:app', 'the shop'],
    ['web: gunicorn factory:create_app\\(\\)', 'factory:create_app()', ''],
    ['web: gunicorn --no-control-socket factory:create_app()', 'factory:create_app()', ''],
    ['web: gunicorn --worker-class shop.worker:Worker factory:create_app()', 'factory:create_app()', ''],
  ])('%s', (line, wsgiApp, workingDirectory) => {
    const files = { 'shop/wsgi.py': APP, 'the shop/wsgi.py': APP, 'factory.py': 'def create_app():\n    pass\n', Procfile: line };
    expect(read(withApp(files)).callable).toMatchObject({ wsgiApp, workingDirectory });
  });

  test('a module beside src finds what it imports from there', () => {
    const files = {
      'wsgi.py': 'from shop import create_app\n\napp = create_app()\n',
      'src/shop/__init__.py': 'def create_app():\n    pass\n',
    };
    expect(read(withApp(files)).callable).toMatchObject({ wsgiApp: 'wsgi:app', workingDirectory: '', importPath: 'src' });
    expect(read(withApp({ ...files, 'shop/__init__.py': '' })).callable.importPath).toBeUndefined();
  });

  test('a member of a workspace has a src folder of its own', () => {
    const { callable } = read(withApp({ 'packages/web/src/web/__init__.py': APP }), { workingDirectory: 'packages/web' });
    expect(callable).toMatchObject({ wsgiApp: 'web:app', workingDirectory: 'packages/web', importPath: 'packages/web/src' });
  });
});

describe('markers', () => {
  test('a package that is for another system or another Python is not in the image', () => {
    expect(serverOf({ 'app.py': APP, 'requirements.txt': 'Flask==3.1.3\ngunicorn==23.0.0 ; sys_platform == "win32"\n' })).toBeUndefined();
    const old = 'Flask==3.1.3\ngunicorn==20.0.4 ; python_version < "3.8"\ngunicorn==23.0.0 ; python_version >= "3.8"\n';
    expect(serverOf({ 'app.py': APP, 'requirements.txt': old })?.version).toBe('23.0.0');
    const lock = { default: { flask: { version: '==3.1.3' }, gunicorn: { version: '==23.0.0', markers: "os_name == 'nt'" } } };
    expect(serverOf({ 'app.py': APP, Pipfile: '[packages]\nflask = "*"\n', 'Pipfile.lock': JSON.stringify(lock) })).toBeUndefined();
    expect(read(requirements('psycopg2==2.9.9 ; platform_system == "Windows"')).native.build).toEqual([]);
  });

  test.each([
    ['sys_platform != "win32" and (python_version < "3.9" or python_version >= "3.12")', '3.13', true],
    ['sys_platform != "win32" and (python_version < "3.9" or python_version >= "3.12")', '3.11', false],
    ['"3.9" <= python_version', '3.8', false],
    ['"3.9" <= python_version', '3.9', true],
    ['python_version not in "3.8 3.9"', '3.9', false],
    ['python_version ~= "3.9"', '3.12', true],
    ['python_full_version < "3.11"', '3.11', false],
    ['platform_machine == "aarch64"', '3.14', true],
    ['extra == "dev"', '3.14', false],
    ['sys_platform == "win32" or os_name == "posix"', '3.14', true],
  ])('%s on %s', (marker, python, holds) => {
    expect(markerHolds(marker, python)).toBe(holds);
  });

  test('what pip freeze writes down on Windows is refused with the marker that mends it', () => {
    expectFault(
      requirements('pywin32==306'),
      'requirements.txt of \'{source}\' requires pywin32, which is for Windows only and cannot be installed in the image; remove it, or restrict it: pywin32==306 ; sys_platform == "win32"',
    );
    expect(read(requirements('pywin32==306 ; sys_platform == "win32"')).dependencies.pinned).toBe(true);
  });

  test('a version is pinned by any of its clauses', () => {
    const versionOf = (specifier: string) => serverOf({ 'app.py': APP, 'requirements.txt': `Flask\ngunicorn${specifier}\n` })?.version;
    expect(['>=22,==23.0.0', '(==23.0.0)', '===23.0.0'].map(versionOf)).toEqual(['23.0.0', '23.0.0', '23.0.0']);
    expect(['==23.*', '>=23', ''].map(versionOf)).toEqual([undefined, undefined, undefined]);
  });
});

describe('requirements', () => {
  test('a folder of wheels goes into the build before pip', () => {
    const wheels = { 'wheels/shared-1-py3-none-any.whl': '', 'requirements/wheels/shared-1-py3-none-any.whl': '' };
    for (const line of ['--find-links wheels', '--find-links=./wheels', '-f wheels', '-f file:wheels']) {
      expect(read(requirements(line, wheels)).dependencies.needsSource).toBe(true);
    }
    expect(read(requirements('-f https://example.com/wheels', wheels)).dependencies.needsSource).toBe(false);
    expect(read(requirements('-f wheels')).dependencies.needsSource).toBe(false);
  });

  test.each([
    [
      '-e ../shared',
      "'requirements.txt' of '{source}' installs from '../shared', which is outside the folder and so not in the image; move it into the folder, or give the folder that contains both, with its own requirements file",
    ],
    [
      'shared @ file:../shared',
      "'requirements.txt' of '{source}' installs from '../shared', which is outside the folder and so not in the image; move it into the folder, or give the folder that contains both, with its own requirements file",
    ],
    [
      './libs/nothing',
      "'requirements.txt' of '{source}' installs from './libs/nothing', which is not there; correct the path: pip takes it from the folder of the app",
    ],
    [
      '-e .\\libs\\shared',
      "'requirements.txt' of '{source}' installs '.\\libs\\shared', a Windows path, which pip does not find in the image; write './libs/shared'",
    ],
    ['-r nothing.txt', "'requirements.txt' of '{source}' includes 'nothing.txt', which is not there; add it, or remove the line"],
    ['-c nothing.txt', "'requirements.txt' of '{source}' includes 'nothing.txt', which is not there; add it, or remove the line"],
    [
      '-r /etc/requirements.txt',
      "the requirements include '/etc/requirements.txt', which is outside the folder and so not in the image; move it into the folder",
    ],
  ])('%s', (line, message) => {
    expectFault(requirements(line, LIBRARY), message);
  });

  test('a constraint pins, and what it pins is checked', () => {
    const files = (gunicorn: string): Files => ({
      'app.py': APP,
      'requirements.txt': 'Flask\ngunicorn\n-c constraints.txt\n',
      'constraints.txt': `flask==3.1.3\ngunicorn==${gunicorn}\nunused==1\n`,
    });
    expect(read(files('23.0.0')).dependencies).toMatchObject({ pinned: true, requirements: [{ name: 'flask' }, { version: '23.0.0' }] });
    expectFault(
      { ...files('20.1.0'), '.python-version': '3.12' },
      "requirements.txt of '{source}' pins gunicorn 20.1.0, which cannot start on Python 3.12 (it imports pkg_resources); raise it to gunicorn 21 or newer, or set pythonVersion to '3.11'",
    );
  });

  test.each([
    ['gunicorn==20.1.0', '3.11', 'the pinned gunicorn 20.1.0'],
    ['gunicorn==20.1.0\nsetuptools==81.0.0', '3.14', undefined],
    ['gunicorn==21.0.0\nsetuptools', '3.14', undefined],
    ['gunicorn==21.0.0', '3.14', undefined],
    ['SQLAlchemy==1.4.54', '3.14', undefined],
    ['SQLAlchemy==2.0.0', '3.12', 'the pinned sqlalchemy 2.0.0'],
    ['SQLAlchemy==2.0.30', '3.12', 'the pinned sqlalchemy 2.0.30'],
    ['SQLAlchemy==2.0.31', '3.14', undefined],
    ['psycopg2-binary==2.9.8', '3.11', 'the pinned psycopg2-binary 2.9.8'],
    ['psycopg2-binary==2.9.10', '3.13', 'the pinned psycopg2-binary 2.9.10'],
    ['psycopg2-binary==2.9.11', '3.14', undefined],
    ['numpy==2.3.1\npandas==2.1.0', '3.11', 'the pinned pandas 2.1.0'],
    ['numpy==2.3.2', '3.14', undefined],
    ['pandas', '3.14', undefined],
    // of the last Python before 3.11, which a warning tells of
    ['greenlet==1.1.2', '3.10', 'the pinned greenlet 1.1.2'],
    ['greenlet==1.1.3', '3.11', 'the pinned greenlet 1.1.3'],
    ['numpy==1.23.1', '3.10', 'the pinned numpy 1.23.1'],
    ['pandas==1.4.4', '3.10', 'the pinned pandas 1.4.4'],
    ['psycopg2-binary==2.9.3', '3.10', 'the pinned psycopg2-binary 2.9.3'],
    ['cffi==1.15.0', '3.10', 'the pinned cffi 1.15.0'],
    ['cffi==1.17.1', '3.13', 'the pinned cffi 1.17.1'],
    ['cffi==2.0.0', '3.14', undefined],
    ['pydantic==1.9.0', '3.14', undefined],
    ['pydantic[dotenv]==2.5.2', '3.12', 'the pinned pydantic 2.5.2'],
    ['pydantic==2.11.10', '3.13', 'the pinned pydantic 2.11.10'],
    ['pydantic==2.12.0', '3.14', undefined],
  ])('where no file says a version, the pins do: %j', (pins, version, source) => {
    const { python } = read({ 'app.py': APP, 'requirements.txt': `Flask==3.1.3\n${pins}\n` });
    expect(python).toEqual(source ? { version, source } : { version });
  });

  test.each([
    ['setuptools==82.0.0', 'setuptools 82.0.0'],
    ['setuptools', 'setuptools without a version'],
  ])('an old gunicorn with a setuptools that has no pkg_resources: %s', (line, named) => {
    expectFault(
      { 'app.py': APP, 'requirements.txt': `Flask==3.1.3\ngunicorn==20.1.0\n${line}\n` },
      `requirements.txt of '{source}' pins gunicorn 20.1.0, which imports pkg_resources, and ${named}, which has it no more from 82 on; raise it to gunicorn 21 or newer, or pin setuptools 81.0.0`,
    );
  });

  test('a version that a file says, or a range that admits no older one, goes before the pins', () => {
    const files = { 'app.py': APP, 'requirements.txt': 'Flask==3.1.3\nnumpy==2.0.0\n' };
    expect(read({ ...files, '.python-version': '3.13' }).python).toEqual({ version: '3.13', source: '.python-version' });
    expect(read(files, { pythonVersion: '3.13' }).python).toEqual({ version: '3.13' });
    expect(read({ ...files, 'setup.cfg': '[options]\npython_requires = >=3.13\n' }).python).toEqual({ version: '3.14' });
    expect(read({ ...files, 'setup.cfg': '[options]\npython_requires = >=3.11\n' }).python?.version).toBe('3.12');
    // markers are those of the version that is taken
    const marked = { ...files, 'requirements.txt': 'Flask==3.1.3\nnumpy==2.0.0\nold==1.0 ; python_version < "3.13"\n' };
    expect(read(marked).dependencies.requirements.map(({ name }) => name)).toEqual(['flask', 'numpy', 'old']);
    expectFault(
      { 'app.py': APP, 'requirements.txt': 'Flask==3.1.3\nSQLAlchemy==2.0.30\n', '.python-version': '3.13' },
      "requirements.txt of '{source}' pins sqlalchemy 2.0.30, which cannot start on Python 3.13 (its classes have attributes that it refuses); raise it to sqlalchemy 2.0.31 or newer, or set pythonVersion to '3.12'",
    );
  });

  test('a variable that the build does not have, and a key that it cannot have', () => {
    const index = '--extra-index-url https://user:${TOKEN}@example.com/simple';
    expectFault(
      requirements(index),
      "'requirements.txt' of '{source}' names the variable ${TOKEN}, which the build does not have; give it by buildSecrets, with the name TOKEN and the value 'env=TOKEN'",
    );
    expect(read(requirements(index), { buildSecrets: { TOKEN: 'env=TOKEN' } }).dependencies.pinned).toBe(true);
    expect(read(requirements(index), { baseImage: 'example.com/python:3.13' }).dependencies.pinned).toBe(true);
    expectFault(
      requirements('lib @ git+ssh://git@example.com/lib.git'),
      "'requirements.txt' of '{source}' has 'lib @ git+ssh://git@example.com/lib.git', and the build has neither ssh nor a key; write git+https:, and give the password of a private repository as the build secret netrc, by buildSecrets",
    );
  });

  test('the folder below that is meant is named', () => {
    expectFault(
      { 'backend/app.py': APP, 'backend/requirements.txt': REQUIREMENTS },
      "the folder '{source}' does not say what to install: it has none of requirements.txt, uv.lock, poetry.lock, Pipfile, pdm.lock, pyproject.toml, setup.py ('backend/requirements.txt' would be found if that folder were given); add one with Flask in it (pip freeze > requirements.txt), name it by dependencyFile, or use FlaskImage.fromDockerfile()",
    );
    expectFault(
      withApp({ 'services/web/app.py': APP }),
      NO_APP.replace("name it by wsgiApp, 'shop:create_app()' for example", "'services/web' has one: name the folder by workingDirectory"),
    );
  });

  test('own source in the spellings that pip knows', () => {
    for (const line of [
      '-e libs/shared',
      '--editable=./libs/shared[x]',
      'libs/shared',
      'shared @ file:libs/shared',
      './libs/shared ; python_version > "3"',
      'libs/../libs/shared',
    ]) {
      expect(read(requirements(line, LIBRARY)).dependencies.needsSource).toBe(true);
    }
  });

  test('UTF-16 without a byte order mark is no text for pip', () => {
    const source = flaskApp({ 'app.py': APP });
    fs.writeFileSync(path.join(source, 'requirements.txt'), Buffer.from(REQUIREMENTS, 'utf16le'));
    expectError(
      () => FlaskImage.fromSource(source),
      `'requirements.txt' of '${source}' is not in an encoding that pip reads: it has null characters and no byte order mark; save it as UTF-8`,
    );
  });

  test('a name with blanks is one word of the Dockerfile, and files of ours take no name of yours', () => {
    const files = {
      'app.py': APP,
      'requirements.txt': '-r "more of it/a file.txt"\n-r requirements-server.txt\n',
      'more of it/a file.txt': 'Flask==3.1.3\n',
      'requirements-server.txt': 'redis==5.0.0\n',
    };
    const stack = testStack();
    service(stack, { image: FlaskImage.fromSource(flaskApp(files)) });
    const { outdir } = stack.node.root as unknown as { readonly outdir: string };
    const asset = fs.readdirSync(outdir).find((name) => name.startsWith('asset.')) as string;
    const dockerfile = fs.readFileSync(path.join(outdir, asset, 'Dockerfile'), 'utf-8');
    expect(dockerfile).toContain('COPY ["more of it/a file.txt","./more of it/"]\n');
    expect(fs.readFileSync(path.join(outdir, asset, 'requirements-server.txt'), 'utf-8')).toBe('redis==5.0.0\n');
  });
});

describe('other tools', () => {
  const project = (more = '') => `[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "lib"]\n${more}`;

  test('a source of uv is not taken from the index for want of a lock', () => {
    expectFault(
      { 'app.py': APP, 'pyproject.toml': project('[tool.uv.sources]\nlib = { path = "libs/lib" }\n') },
      "pyproject.toml of '{source}' takes 'lib' from tool.uv.sources, which pip does not know: it would take a package of that name from the index; lock it: uv lock",
    );
  });

  test('a path in the dependencies of a project needs the source', () => {
    const text = project().replace('"lib"', '"lib @ file:libs/lib"');
    expect(read({ 'app.py': APP, 'pyproject.toml': text }).dependencies.needsSource).toBe(true);
  });

  const uv =
    '[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "flask" }]\n\n[[package]]\nname = "flask"\nversion = "3.1.3"\n';
  const poetry = '[[package]]\nname = "flask"\nversion = "3.1.3"\noptional = false\ngroups = ["main"]\n';
  const pdm = '[[package]]\nname = "flask"\nversion = "3.1.3"\ngroups = ["default"]\n';
  const groups = '[dependency-groups]\nweb-server = ["gunicorn"]\n[project.optional-dependencies]\npg = ["psycopg"]\n';
  test.each([
    ['uv.lock', uv],
    ['poetry.lock', poetry],
    ['pdm.lock', pdm],
  ])('%s: a group or an extra that nobody declares', (lock, text) => {
    const files = { 'app.py': APP, 'pyproject.toml': project(groups), [lock]: text };
    expectFault(files, "pyproject.toml of '{source}' has no extra 'mysql'; it has pg", { extras: ['mysql'] });
    const known = lock === 'pdm.lock' ? 'pg, web-server' : 'web-server';
    expectFault(files, `pyproject.toml of '{source}' has no dependency group 'prod'; it has ${known}`, { dependencyGroups: ['prod'] });
    expect(read(files, { dependencyGroups: ['web_server'] }).dependencies.file).toBe(lock);
  });

  test('a lock or a project of a folder below is no requirements file', () => {
    expectFault(
      { ...requirements(''), 'web/pyproject.toml': project() },
      "dependencyFile 'web/pyproject.toml' is in a folder below, and pyproject.toml is read in the folder of the app alone; give the folder 'web' of '{source}', or a requirements file",
      { dependencyFile: 'web/pyproject.toml' },
    );
  });

  test('a category of Pipenv that nobody declares', () => {
    const files = { 'app.py': APP, Pipfile: '[packages]\nflask = "*"\n', 'Pipfile.lock': '{"default": {"flask": {"version": "==3.1.3"}}}' };
    expectFault(files, "Pipfile of '{source}' has no category 'prod'; it has none", { dependencyGroups: ['prod'] });
  });

  test.each([
    [
      'poetry.lock',
      `${poetry}\n[[package]]\nname = "lib"\nversion = "1"\noptional = false\ngroups = ["main"]\n[package.source]\ntype = "directory"\nurl = "../lib"\n`,
    ],
    ['pdm.lock', `${pdm}\n[[package]]\nname = "lib"\nversion = "1"\npath = "../lib"\ngroups = ["default"]\n`],
    ['Pipfile.lock', '{"default": {"flask": {"version": "==3.1.3"}, "lib": {"path": "../lib", "editable": true}}}'],
  ])('%s: a folder outside', (lock, text) => {
    expectFault(
      { 'app.py': APP, [lock === 'Pipfile.lock' ? 'Pipfile' : 'pyproject.toml']: lock === 'Pipfile.lock' ? '' : project(), [lock]: text },
      `${lock} of '{source}' installs from '../lib', which is outside the folder and so not in the image; move it into the folder`,
    );
  });
});

describe('the version of Python', () => {
  const pythonOf = (file: string, text: string) => read({ ...requirements(''), [file]: text }).python?.version;

  test.each([
    '3.11',
    '3.11.4',
    'cpython-3.11',
    'cpython-3.11.4-linux-x86_64-gnu',
    'cpython3.11',
    'python3.11',
    '3.11/envs/shop',
    '3.11-dev',
    '3.11.*',
    'v3.11',
    '3.11t',
    '3.11.0rc2',
    '3.11.4 # for the driver',
    '# a comment\r\n 3.11 \r\n',
    '~=3.11.0',
    '<3.12',
  ])(".python-version '%s' is 3.11", (text) => {
    expect(pythonOf('.python-version', text)).toBe('3.11');
  });

  test.each(['python-3.11.x', 'Python-3.11.4', 'python 3.11', 'python-3.11'])("runtime.txt '%s' is 3.11", (text) => {
    expect(pythonOf('runtime.txt', text)).toBe('3.11');
  });

  test('a name of an environment says nothing', () => {
    expect(['system', 'shop-env', '3'].map((text) => pythonOf('.python-version', text))).toEqual(['3.14', '3.14', '3.14']);
  });

  test('another implementation, and Python 2, are refused and not replaced in silence', () => {
    expectFault(
      { ...requirements(''), '.python-version': 'pypy3.10-7.3.15\n' },
      ".python-version of '{source}' says pypy3.10-7.3.15, and the image has CPython, for which the dependencies may differ; give a version of CPython there, or set pythonVersion to '3.14'",
    );
    expectFault(
      { ...requirements(''), 'runtime.txt': 'python-2.7.18\n' },
      "runtime.txt of '{source}' says python-2.7.18, and Flask and the servers need Python 3; move the app to it and change the file, or set pythonVersion to '3.14'",
    );
    expect(read({ ...requirements(''), '.python-version': 'pypy3\n' }, { pythonVersion: '3.12' }).python?.version).toBe('3.12');
  });
});

describe('gunicorn.conf.py', () => {
  test.each([
    [
      "errorlog = '/var/log/gunicorn.log'",
      "sets errorlog = '/var/log/gunicorn.log', which the user of the image may not write, so gunicorn would end at once; write '-': ECS takes the log from standard error",
    ],
    [
      "pidfile = '/run/gunicorn.pid'",
      "sets pidfile = '/run/gunicorn.pid', which the user of the image may not write, so gunicorn would end at once; remove it",
    ],
    [
      "user = 'www-data'",
      "sets user = 'www-data', to which gunicorn cannot change, because it does not start as root; remove it, because the image has its own user",
    ],
    [
      'if True:\n    daemon = 1',
      'sets daemon = True, so the container would end at once; remove it: ECS starts the server and keeps it running',
    ],
  ])('%s', (text, message) => {
    expectFault({ ...requirements(''), 'gunicorn.conf.py': `${text}\n` }, `gunicorn.conf.py of '{source}' ${message}`);
  });

  test('what can be written, and what is empty, may stand', () => {
    const text = "errorlog = '-'\npidfile = '/tmp/gunicorn.pid'\ncertfile = ''\nuser = None\nworker_tmp_dir = '/dev/shm'\n";
    expect(read({ ...requirements(''), 'gunicorn.conf.py': text }).gunicornConfig?.overridden).toEqual([]);
  });

  test('chdir is where the app is looked for', () => {
    const files = { 'shop/app.py': APP, 'shop/__init__.py': '', 'gunicorn.conf.py': "chdir = 'shop'\n" };
    expect(read(withApp(files)).callable).toMatchObject({ wsgiApp: 'app:app', workingDirectory: 'shop' });
  });
});

describe('links', () => {
  const withLink = (target: string) => {
    const source = flaskApp(requirements(''));
    fs.symlinkSync(target, path.join(source, 'link'));
    return source;
  };
  const synth = (source: string, options?: FlaskSourceOptions) => service(testStack(), { image: FlaskImage.fromSource(source, options) });

  test('a link to the folder itself, and one to nothing, are copied as links', () => {
    synth(withLink('.'));
    synth(withLink('/nowhere'));
    synth(withLink('link'));
  });

  test('a link to a folder above would be copied endlessly', () => {
    const source = withLink('..');
    expectError(
      () => synth(source),
      `'link' of '${source}' is a symbolic link to a folder that has '${source}' in it, so copying it would never end; remove it, or name it in exclude or .dockerignore`,
    );
    synth(withLink('..'), { exclude: ['link'] });
  });

  test('a .dockerignore may be a folder, or start with a byte order mark', () => {
    synth(flaskApp({ ...requirements(''), '.dockerignore/file': '' }));
    const source = flaskApp({ ...requirements(''), '.dockerignore': '\uFEFFapp.py\r\n' });
    expectError(
      () => synth(source),
      `'app.py' of '${source}' does not go into the image, which needs it; it is excluded by .dockerignore or by the option exclude: take it out there, or name it in include`,
    );
  });
});
