import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Lazy } from 'aws-cdk-lib/core';
import { FlaskImage, FlaskSecretKey } from '../../src';
import { type Files, flaskApp, MINIMAL } from '../util/flask-app';
import { tempDir } from '../util/temp-dir';
import { adviceOf, containerOf, expectError, service, testStack } from '../util/test-stack';
import { built } from './source-setup';

describe('the temporary folder', () => {
  // one of its own, because other test files make images at the same time; the environment that jest gives a test does not reach os.tmpdir()
  beforeEach(() => {
    jest.spyOn(jest.requireActual<typeof os>('node:os'), 'tmpdir').mockReturnValue(tempDir());
  });
  afterEach(() => jest.restoreAllMocks());
  const leftovers = () => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('flask-image-'));

  test('is gone after the image is made', () => {
    built();
    expect(leftovers()).toEqual([]);
  });

  test('is gone after an image that cannot be made', () => {
    expect(() => built(MINIMAL, { exclude: ['app.py'] })).toThrow();
    expect(leftovers()).toEqual([]);
  });
});

describe('a mistake is told at once', () => {
  test('a folder that is missing', () => {
    expectError(
      () => FlaskImage.fromSource('no/such/app'),
      `the folder of the app does not exist, got 'no/such/app' (${path.resolve('no/such/app')}); give an absolute path, or one relative to where cdk runs or to the folder of cdk.json: a test runner or an IDE may run elsewhere`,
    );
  });

  test('a folder that is missing, by its absolute path', () => {
    const folder = path.join(flaskApp(), 'web');
    expectError(() => FlaskImage.fromSource(folder), `the folder of the app does not exist, got '${folder}'; correct the path`);
  });

  test('a folder that is a file', () => {
    const file = path.join(flaskApp(), 'app.py');
    expectError(() => FlaskImage.fromSource(file), `the folder of the app is a file, got '${file}'; give the folder that it is in`);
  });

  test.each<[string, Files]>([
    ['no requirements at all', { 'app.py': '' }],
    ['uv.lock without pyproject.toml', { 'app.py': '', 'uv.lock': '' }],
    ['a pyproject.toml that has tools alone', { 'app.py': '', 'pyproject.toml': '[tool.ruff]\nline-length = 100\n' }],
  ])('%s', (_, files) => {
    const source = flaskApp(files);
    expectError(
      () => FlaskImage.fromSource(source),
      `the folder '${source}' does not say what to install: it has none of requirements.txt, uv.lock, poetry.lock, Pipfile, pdm.lock, pyproject.toml, setup.py; add one with Flask in it (pip freeze > requirements.txt), name it by dependencyFile, or use FlaskImage.fromDockerfile()`,
    );
  });

  test.each([
    ['main:app', 'main.py', 'main/__init__.py'],
    ['shop.web:create_app()', 'shop/web.py', 'shop/web/__init__.py'],
  ])('a module that is missing: %s', (wsgiApp, file, packageFile) => {
    const source = flaskApp();
    expectError(
      () => FlaskImage.fromSource(source, { wsgiApp }),
      `the app module of '${wsgiApp}' is not in the folder '${source}': neither ${file} nor ${packageFile} is there; name it by wsgiApp, correct the folder, or name the folder that imports start from by workingDirectory`,
    );
  });

  test.each(['app', 'app:', ':app', 'app:app(', 'app:create-app()', 'my-app:app', 'app:app ', 'app:create_app(lambda)()', ''])(
    'a WSGI callable in another form: %p',
    (wsgiApp) => {
      expectError(
        () => FlaskImage.fromSource(flaskApp(), { wsgiApp }),
        `wsgiApp must be 'module:name', 'module:factory()', 'module:factory("text")' or 'module:name.attribute', got '${wsgiApp}'`,
      );
    },
  );

  test.each(['app:app', 'app:create_app()', 'app:create_app("production", debug=False)', 'app:server.app', 'app:_private'])(
    'but not %p',
    (wsgiApp) => {
      const names = 'app = server = _private = 1\n\n\ndef create_app(name="x", debug=True):\n    pass\n';
      expect(() => FlaskImage.fromSource(flaskApp({ ...MINIMAL, 'app.py': names }), { wsgiApp })).not.toThrow();
    },
  );

  test.each(['3', '2.7', '3.x', '3.13-slim', '3.12.7.1', 'latest'])('a version of Python in another form: %p', (pythonVersion) => {
    expectError(
      () => FlaskImage.fromSource(flaskApp(), { pythonVersion }),
      `pythonVersion must be a version such as '3.13' or '3.12.7', got '${pythonVersion}'`,
    );
  });

  test.each(['lib pq5', 'LibPQ5', '-y', 'libpq5;true', ''])('a Debian package in another form: %p', (name) => {
    expectError(
      () => FlaskImage.fromSource(flaskApp(), { systemPackages: [name] }),
      `a system package must be the name of a Debian package such as 'libpq5', got '${name}'`,
    );
  });

  test.each(['1A', 'A-B', 'A B', ''])('a build argument in another form: %p', (name) => {
    expectError(
      () => FlaskImage.fromSource(flaskApp(), { buildArgs: { [name]: '1' } }),
      `the name of a build argument must be a variable name such as 'PIP_INDEX_URL', got '${name}'`,
    );
  });
});

test('a folder may be named relative to where cdk runs', () => {
  const folder = flaskApp(MINIMAL);
  const relative = FlaskImage.fromSource(path.relative(process.cwd(), folder));
  const absolute = FlaskImage.fromSource(folder);
  const imageOf = (image: FlaskImage) => {
    const stack = testStack();
    service(stack, { image });
    return containerOf(Template.fromStack(stack)).Image;
  };
  expect(imageOf(relative)).toEqual(imageOf(absolute));
});

test('a Dockerfile may stand in a folder that is named relative to where cdk runs', () => {
  const folder = flaskApp({ ...MINIMAL, Dockerfile: 'FROM scratch\n' });
  expect(() => service(testStack(), { image: FlaskImage.fromDockerfile(path.relative(process.cwd(), folder)) })).not.toThrow();
});

test('a file in the place of the module is named as what it is', () => {
  expectError(
    () => FlaskImage.fromSource(flaskApp(MINIMAL), { wsgiApp: 'app.py:app' }),
    "wsgiApp names a module and not a file, got 'app.py:app'; leave out .py: 'app:app'",
  );
});

test('what holds local secrets stays out of the image', () => {
  const files = { ...MINIMAL, '.env.local': 'A=1', 'shop/.env.production': 'A=1', 'instance/db.sqlite': 'x', '.DS_Store': 'x' };
  expect(built(files).files).toEqual(['Dockerfile', 'app.py', 'requirements.txt']);
});

test.each([
  ["app.config['SECRET_KEY'] = os.environ['SECRET_KEY']", []],
  ['app.config.from_prefixed_env()', []],
  ['# nothing', ['cdk-flask-fargate:secretKeyNotRead']],
])('an app that does not read the secret key is told: %s', (line, ids) => {
  const stack = testStack();
  const source = flaskApp({ ...MINIMAL, 'shop/config.py': `${line}\n` });
  const web = service(stack, { image: FlaskImage.fromSource(source) });
  web.useSecretKey(new FlaskSecretKey(stack, 'Key'));
  expect(adviceOf(stack).map(({ id }) => id)).toEqual(ids);
});

describe('a relative folder', () => {
  const here = process.cwd();
  afterEach(() => process.chdir(here));

  test('is found beside the nearest cdk.json, where a test runner runs below', () => {
    const root = flaskApp({
      'cdk.json': '{}',
      'app/app.py': MINIMAL['app.py'],
      'app/requirements.txt': MINIMAL['requirements.txt'],
      'test/x.ts': '',
    });
    process.chdir(path.join(root, 'test'));
    expect(() => FlaskImage.fromSource('app')).not.toThrow();
    expectError(
      () => FlaskImage.fromSource('web'),
      `the folder of the app does not exist, got 'web' (${path.resolve('web')} and ${path.resolve('../web')}); give an absolute path, or one relative to where cdk runs or to the folder of cdk.json: a test runner or an IDE may run elsewhere`,
    );
  });

  test('that is a file is told with where it was found', () => {
    const root = flaskApp({ 'cdk.json': '{}', 'app.py': '', 'test/x.ts': '' });
    process.chdir(path.join(root, 'test'));
    expectError(
      () => FlaskImage.fromSource('app.py'),
      `the folder of the app is a file, got 'app.py' (${path.resolve('../app.py')}); give the folder that it is in`,
    );
  });

  test('that is empty or a token is told', () => {
    expectError(() => FlaskImage.fromSource(''), "the folder of the app is missing, got an empty text; give its path, such as 'app'");
    expectError(
      () => FlaskImage.fromSource(Lazy.string({ produce: () => 'app' })),
      'the folder of the app must be known at synth, got a token; give its path as text',
    );
  });
});
