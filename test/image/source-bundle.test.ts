import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { App } from 'aws-cdk-lib/core';
import { FlaskImage, type FlaskSourceOptions, WsgiServer } from '../../src';
import { type Files, flaskApp, MINIMAL, writeFiles } from '../util/flask-app';
import { tempDir } from '../util/temp-dir';
import { containerOf, expectError, service, testStack } from '../util/test-stack';

/** An image as it is staged for the CLI to build. */
class Built {
  public readonly image: unknown;
  public readonly container: { [key: string]: unknown };
  public readonly directory: string;

  public constructor(source: string, options?: FlaskSourceOptions, server?: WsgiServer, port?: number) {
    const stack = testStack();
    service(stack, { image: FlaskImage.fromSource(source, options), server, port });
    const template = Template.fromStack(stack);
    const { outdir } = stack.node.root as App;
    const [asset] = fs.readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    this.directory = path.join(outdir, asset);
    this.container = containerOf(template);
    this.image = this.container.Image;
  }

  public file(name: string): string {
    return fs.readFileSync(path.join(this.directory, name), 'utf-8');
  }

  public get files(): string[] {
    return (fs.readdirSync(this.directory, { recursive: true }) as string[])
      .filter((file) => fs.statSync(path.join(this.directory, file)).isFile())
      .sort();
  }
}

const built = (files: Files = MINIMAL, options?: FlaskSourceOptions, server?: WsgiServer, port?: number) =>
  new Built(flaskApp(files), options, server, port);

/** The lines of the Dockerfile, without those that are the same in all. */
const dockerfile = (files: Files = MINIMAL, options?: FlaskSourceOptions, server?: WsgiServer) =>
  built(files, options, server).file('Dockerfile').split('\n');

describe('the Dockerfile', () => {
  test('has two stages, a user that is not root, and a command without flags', () => {
    expect(built().file('Dockerfile')).toBe(
      [
        'FROM public.ecr.aws/docker/library/python:3.13-slim AS build',
        'ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1',
        'WORKDIR /build',
        'RUN python3 -m venv /opt/venv',
        'COPY requirements.txt ./',
        'RUN /opt/venv/bin/pip install -r requirements.txt',
        '',
        'FROM public.ecr.aws/docker/library/python:3.13-slim',
        'ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 FLASK_APP="app:app"',
        'WORKDIR /app',
        'COPY --from=build /opt/venv /opt/venv',
        'COPY . .',
        'RUN (python3 -m compileall -q . || true) && chmod -R a+rX .',
        'ENV PYTHONDONTWRITEBYTECODE=1',
        'USER 10001:10001',
        'EXPOSE 3000',
        'CMD ["gunicorn","app:app"]',
        '',
      ].join('\n'),
    );
  });

  test('takes every option', () => {
    const files = { ...MINIMAL, 'shop/__init__.py': '' };
    const image = built(
      files,
      {
        wsgiApp: 'shop:create_app()',
        baseImage: 'example.com/python:3.12',
        systemPackages: ['libpq5', 'curl=8.1'],
        buildArgs: { PIP_INDEX_URL: 'https://example.com/simple', A: '1' },
        cpuArchitecture: CpuArchitecture.ARM64,
        exclude: ['app.py'],
      },
      undefined,
      8080,
    );
    const packages = 'RUN apt-get update && apt-get install -y --no-install-recommends libpq5 curl=8.1 && rm -rf /var/lib/apt/lists/*';
    expect(image.file('Dockerfile').split('\n')).toEqual([
      'FROM example.com/python:3.12 AS build',
      packages,
      'ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1',
      'ARG A',
      'ARG PIP_INDEX_URL',
      'WORKDIR /build',
      'RUN python3 -m venv /opt/venv',
      'COPY requirements.txt ./',
      'RUN /opt/venv/bin/pip install -r requirements.txt',
      '',
      'FROM example.com/python:3.12',
      packages,
      'ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 FLASK_APP="shop:create_app()"',
      'WORKDIR /app',
      'COPY --from=build /opt/venv /opt/venv',
      'COPY . .',
      'RUN (python3 -m compileall -q . || true) && chmod -R a+rX .',
      'ENV PYTHONDONTWRITEBYTECODE=1',
      'USER 10001:10001',
      'EXPOSE 8080',
      'CMD ["gunicorn","shop:create_app()"]',
      '',
    ]);
    expect(image.files).toEqual(['Dockerfile', 'requirements.txt', 'shop/__init__.py']);
  });

  test('takes the version of Python', () => {
    expect(dockerfile(MINIMAL, { pythonVersion: '3.12.7' })).toContain('FROM public.ecr.aws/docker/library/python:3.12.7-slim');
  });

  test('keeps the slash of a module in a package', () => {
    expect(dockerfile({ ...MINIMAL, 'shop/web.py': '' }, { wsgiApp: 'shop.web:application' })).toContain(
      'CMD ["gunicorn","shop.web:application"]',
    );
  });

  test('names the user in the task too', () => {
    expect(built().container.User).toBe('10001:10001');
  });
});

describe('the requirements', () => {
  const copies = (files: Files) =>
    dockerfile({ ...MINIMAL, ...files }).filter((line) => line.startsWith('COPY') && !line.includes('--from'));

  test('come with the files that they include, wherever those are', () => {
    expect(
      copies({
        'requirements.txt': '-r requirements/prod.txt\n--constraint=constraints.txt\n-r requirements.txt\n-r missing.txt\n',
        'requirements/prod.txt': 'gunicorn\n-r base.txt\n',
        'requirements/base.txt': '  --requirement ../more.txt\nFlask\n',
        'more.txt': '-c constraints.txt\n',
        'constraints.txt': 'Flask<4\n',
      }),
    ).toEqual([
      'COPY requirements.txt ./',
      'COPY requirements/prod.txt requirements/',
      'COPY requirements/base.txt requirements/',
      'COPY more.txt ./',
      'COPY constraints.txt ./',
      'COPY . .',
    ]);
  });

  test('outside of the folder are refused, for they do not go into the image', () => {
    const files = { ...MINIMAL, 'requirements.txt': 'Flask\n-r ../shared.txt\n' };
    expect(() => built(files)).toThrow(
      new Error(
        "the requirements include '../shared.txt', which is outside of the folder and does not go into the image; move it into the folder",
      ),
    );
  });

  test('are followed without a space too', () => {
    const files = { ...MINIMAL, 'requirements.txt': '-rbase.txt\n', 'base.txt': 'Flask\ngunicorn\n' };
    expect(built(files).files).not.toContain('requirements-server.txt');
  });

  test.each(['-e .', '-e ./libs/shared', '--editable .', '--editable=./libs/shared', '.', './libs/shared', '../shared', '/src/shared'])(
    'take the whole folder where they install from it: %s',
    (line) => {
      expect(copies({ 'requirements.txt': `gunicorn\n${line}\n` })).toEqual(['COPY . .', 'COPY . .']);
    },
  );

  test('may have hashes', () => {
    const requirements = 'flask==3.1.3 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\ngunicorn==27.0.1 \\\n    --hash=sha256:cc\n';
    expect(dockerfile({ ...MINIMAL, 'requirements.txt': requirements })).not.toContain('COPY requirements-server.txt ./');
  });

  test('may have Windows line ends', () => {
    expect(copies({ 'requirements.txt': 'gunicorn\r\n-r base.txt\r\n', 'base.txt': 'Flask\r\n' })).toEqual([
      'COPY requirements.txt ./',
      'COPY base.txt ./',
      'COPY . .',
    ]);
  });
});

describe('uv', () => {
  const UV: Files = {
    'app.py': '',
    'pyproject.toml': '[project]\nname = "shop"\ndependencies = ["flask", "gunicorn"]\n',
    'uv.lock': 'version = 1\n\n[[package]]\nname = "flask"\n\n[[package]]\nname = "gunicorn"\nversion = "27.0.1"\n',
  };
  const SYNC = [
    'RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install uv',
    'COPY pyproject.toml uv.lock ./',
    'RUN UV_PROJECT_ENVIRONMENT=/opt/venv /opt/uv/bin/uv sync --frozen --inexact --no-dev --no-install-project',
  ];

  test('installs what is locked, and not what the developers need', () => {
    const lines = dockerfile(UV);
    expect(lines).toEqual(expect.arrayContaining(SYNC));
    expect(lines.join('\n')).not.toContain('pip install -r');
  });

  test('goes before requirements.txt', () => {
    const lines = dockerfile({ ...UV, 'requirements.txt': 'Flask\n' });
    expect(lines).toEqual(expect.arrayContaining(SYNC));
    expect(lines).not.toContain('RUN /opt/venv/bin/pip install -r requirements.txt');
  });

  test.each(['uv.lock', 'pyproject.toml'])('needs %s too', (missing) => {
    const files = { ...UV, ...MINIMAL };
    const rest = Object.fromEntries(Object.entries(files).filter(([file]) => file !== missing));
    expect(dockerfile(rest)).toContain('RUN /opt/venv/bin/pip install -r requirements.txt');
  });

  test('has the server installed where it is locked for developers or as an extra alone', () => {
    const lock = [
      'version = 1\n',
      '[[package]]\nname = "flask"\n',
      '[[package]]\nname = "gunicorn"\n',
      '[[package]]\nname = "shop"\nsource = { virtual = "." }\ndependencies = [\n    { name = "flask" },\n]\n',
      '[package.optional-dependencies]\nserver = [\n    { name = "gunicorn" },\n]\n',
      '[package.dev-dependencies]\ndev = [\n    { name = "gunicorn" },\n]\n',
    ].join('\n');
    const project = '[project]\nname = "shop"\ndependencies = ["flask"]\n';
    expect(built({ ...UV, 'uv.lock': lock, 'pyproject.toml': project }).files).toContain('requirements-server.txt');
  });

  test.each([
    'dependencies = ["flask", "gunicorn>=23"]',
    "dependencies = ['flask', 'gunicorn']",
    'dependencies = [\n  "flask[async]>=3", # the framework\n  # the server\n  "gunicorn[gevent]>=23",\n]',
    'dependencies = [\n  "Gunicorn"\n]\n\n[project.optional-dependencies]\nother = ["x"]',
  ])('has the server where the project depends on it: %p', (dependencies) => {
    const image = built({
      ...UV,
      'pyproject.toml': `[build-system]\nrequires = ["hatchling"]\n\n[project]\nname = "shop"\n${dependencies}\n`,
    });
    expect(image.files).not.toContain('requirements-server.txt');
  });

  test.each([
    '',
    'dynamic = ["dependencies"]',
    'dependencies = ["flask", "gunicorn-extra"]',
    'dependencies = [\n  "flask",\n  # "gunicorn",\n]',
    'dependencies = [\n  "flask", # and no "gunicorn"\n]',
    'dependencies = ["flask"]\n\n[project.optional-dependencies]\nserver = ["gunicorn"]',
    'dependencies = ["flask"]\n\n[dependency-groups]\ndev = ["gunicorn"]',
  ])('has the server installed where the project does not depend on it: %p', (dependencies) => {
    const lines = dockerfile({ ...UV, 'pyproject.toml': `[project]\nname = "shop"\n${dependencies}\n` });
    // by pip, from the venv that uv has left as it is
    expect(lines).toContain('RUN /opt/venv/bin/pip install -r requirements-server.txt');
  });

  test('has the server installed where there is no project', () => {
    expect(built({ ...UV, 'pyproject.toml': '[tool.uv]\n' }).files).toContain('requirements-server.txt');
  });
});

describe('the server', () => {
  const INSTALL = ['COPY requirements-server.txt ./', 'RUN /opt/venv/bin/pip install -r requirements-server.txt'];

  test.each([
    ['gunicorn', undefined, 'gunicorn>=23.0.0,<28\n'],
    ['granian', WsgiServer.granian(), 'granian>=2.5,<3\n'],
  ])('%s is installed where the requirements lack it', (_, server, requirement) => {
    const image = built({ ...MINIMAL, 'requirements.txt': 'Flask==3.1.3\n' }, {}, server);
    expect(image.file('requirements-server.txt')).toBe(requirement);
    const lines = image.file('Dockerfile').split('\n');
    // after the app's own, which may have hashes, and in a run of its own
    expect(lines.slice(lines.indexOf(INSTALL[0]) - 1, lines.indexOf(INSTALL[0]) + 2)).toEqual([
      'RUN /opt/venv/bin/pip install -r requirements.txt',
      ...INSTALL,
    ]);
  });

  test.each([
    'gunicorn',
    'Gunicorn==23.0.0',
    'gunicorn[gevent]>=22',
    'gunicorn ; python_version > "3.9"',
    'gunicorn @ https://example.com/gunicorn.whl',
    'gunicorn==27.0.1 --hash=sha256:00',
  ])('is that of the requirements where they have it: %s', (line) => {
    const image = built({ ...MINIMAL, 'requirements.txt': `Flask\n${line}\n` });
    expect(image.files).not.toContain('requirements-server.txt');
    expect(image.file('Dockerfile')).not.toContain('requirements-server.txt');
  });

  test.each(['gunicorn-color', '# gunicorn', 'not-gunicorn', '--index-url https://example.com/gunicorn'])(
    'is installed beside what only looks like it: %s',
    (line) => {
      expect(built({ ...MINIMAL, 'requirements.txt': `Flask\n${line}\n` }).files).toContain('requirements-server.txt');
    },
  );

  test('is that of a file that the requirements include', () => {
    const files = { ...MINIMAL, 'requirements.txt': '-r base.txt\n', 'base.txt': 'Flask\ngunicorn\n' };
    expect(built(files).files).not.toContain('requirements-server.txt');
  });

  test('is installed where it is constrained and not required', () => {
    const files = { ...MINIMAL, 'requirements.txt': 'Flask\n-c constraints.txt\n', 'constraints.txt': 'Flask==3.1.3\ngunicorn==23.0.0\n' };
    expect(built(files).files).toContain('requirements-server.txt');
  });

  test('of another kind is not installed', () => {
    const image = built({ ...MINIMAL, 'requirements.txt': 'Flask\n' }, {}, WsgiServer.custom({ command: ['waitress-serve', 'app:app'] }));
    expect(image.files).not.toContain('requirements-server.txt');
    expect(image.file('Dockerfile')).toContain('CMD ["waitress-serve","app:app"]');
    expect(image.container.Command).toEqual(['waitress-serve', 'app:app']);
  });

  test('granian takes a factory by a flag', () => {
    const files = { ...MINIMAL, 'requirements.txt': 'Flask\ngranian\n' };
    expect(dockerfile(files, { wsgiApp: 'app:create_app()' }, WsgiServer.granian())).toContain(
      'CMD ["granian","--factory","app:create_app"]',
    );
    expect(dockerfile(files, {}, WsgiServer.granian())).toContain('CMD ["granian","app:app"]');
  });
});

describe('what goes into the image', () => {
  const NEVER: Files = {
    '.git/HEAD': '',
    '.env': 'SECRET=1',
    '.venv/bin/python': '',
    'sub/venv/bin/python': '',
    '__pycache__/app.pyc': '',
    'sub/__pycache__/x.pyc': '',
    'old.pyc': '',
    '.pytest_cache/x': '',
    '.mypy_cache/x': '',
    '.ruff_cache/x': '',
    'node_modules/x/index.js': '',
    'cdk.out/manifest.json': '',
    Dockerfile: 'FROM scratch\n',
  };

  test('is the app, and nothing that never belongs there', () => {
    expect(built({ ...MINIMAL, 'templates/index.html': '', 'sub/mod.py': '', ...NEVER }).files).toEqual([
      'Dockerfile',
      'app.py',
      'requirements.txt',
      'sub/mod.py',
      'templates/index.html',
    ]);
  });

  test('has no .env of a folder below either', () => {
    expect(built({ ...MINIMAL, 'shop/.env': 'SECRET=1' }).files).toEqual(['Dockerfile', 'app.py', 'requirements.txt']);
  });

  test('has a Dockerfile of ours and not that of the folder', () => {
    expect(built({ ...MINIMAL, Dockerfile: 'FROM scratch\n' }).file('Dockerfile')).not.toContain('scratch');
  });

  test('is what a .dockerignore leaves', () => {
    const files = built({
      ...MINIMAL,
      'docs/guide.md': '',
      'docs/keep.md': '',
      'notes.txt': '',
      '.dockerignore': '# comment\r\ndocs/*\r\n!docs/keep.md\r\nnotes.txt\r\n',
    }).files;
    expect(files).toEqual(['Dockerfile', 'app.py', 'docs/keep.md', 'requirements.txt']);
  });

  test('is what the option exclude leaves beside', () => {
    const files = { ...MINIMAL, 'tests/test_app.py': '', 'notes.txt': '', '.dockerignore': 'notes.txt\n' };
    expect(built(files, { exclude: ['tests'] }).files).toEqual(['Dockerfile', 'app.py', 'requirements.txt']);
  });

  test('is never what holds secrets, whatever the .dockerignore says', () => {
    expect(built({ ...MINIMAL, '.env': 'SECRET=1', '.dockerignore': '!.env\n' }).files).not.toContain('.env');
  });

  test.each([
    ['.dockerignore', { '.dockerignore': 'app.py\n' }, {}],
    ['exclude', {}, { exclude: ['*.py'] }],
  ])('must have the module of the app (%s)', (_, files, options) => {
    const source = flaskApp({ ...MINIMAL, ...files });
    const image = FlaskImage.fromSource(source, options);
    expect(() => service(testStack(), { image })).toThrow(
      /^the app module of 'app:app' is not in the folder '.+': neither app\.py nor app\/__init__\.py is there; it is excluded by \.dockerignore or by the option exclude: take it out there$/,
    );
  });

  test('must have the requirements', () => {
    const source = flaskApp({ ...MINIMAL, '.dockerignore': '*.txt\n' });
    const image = FlaskImage.fromSource(source);
    expectError(
      () => service(testStack(), { image }),
      `neither requirements.txt nor uv.lock with pyproject.toml of '${source}' goes into the image; it is excluded by .dockerignore or by the option exclude: take it out there`,
    );
  });
});

describe('the hash', () => {
  test('is the same for the same files in another folder', () => {
    expect(built().image).toEqual(built().image);
  });

  test('changes with a file of the app', () => {
    const source = flaskApp();
    const before = new Built(source).image;
    writeFiles(source, { 'app.py': 'app = None\n' });
    expect(new Built(source).image).not.toEqual(before);
  });

  test('changes with a file that is added', () => {
    const source = flaskApp();
    const before = new Built(source).image;
    writeFiles(source, { 'templates/index.html': 'hello' });
    expect(new Built(source).image).not.toEqual(before);
  });

  test.each([
    ['that never belongs in an image', '__pycache__/app.cpython-313.pyc', {}],
    ['that the .dockerignore names', 'notes.txt', {}],
    ['that the option names', 'tests/test_app.py', { exclude: ['tests'] }],
  ])('does not change with a file %s', (_, file, options: FlaskSourceOptions) => {
    const source = flaskApp({ ...MINIMAL, '.dockerignore': 'notes.txt\n' });
    const before = new Built(source, options).image;
    writeFiles(source, { [file]: 'changed' });
    expect(new Built(source, options).image).toEqual(before);
  });

  test.each<[string, FlaskSourceOptions]>([
    ['version of Python', { pythonVersion: '3.12' }],
    ['build argument', { buildArgs: { A: '1' } }],
    ['Debian package', { systemPackages: ['libpq5'] }],
    ['processor', { cpuArchitecture: CpuArchitecture.ARM64 }],
  ])('changes with the %s', (_, options) => {
    expect(built(MINIMAL, options).image).not.toEqual(built().image);
  });

  test('does not change with the order of the build arguments', () => {
    expect(built(MINIMAL, { buildArgs: { A: '1', B: '2' } }).image).toEqual(built(MINIMAL, { buildArgs: { B: '2', A: '1' } }).image);
  });
});

describe('the temporary folder', () => {
  // one of its own, because other test files make images at the same time
  const { TMPDIR } = process.env;
  beforeEach(() => {
    process.env.TMPDIR = tempDir();
  });
  afterEach(() => {
    process.env.TMPDIR = TMPDIR;
    if (TMPDIR === undefined) {
      delete process.env.TMPDIR;
    }
  });
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
      `the folder of the app does not exist, got 'no/such/app' (${path.resolve('no/such/app')}); give the path relative to where cdk runs`,
    );
  });

  test('a folder that is a file', () => {
    const file = path.join(flaskApp(), 'app.py');
    expectError(
      () => FlaskImage.fromSource(file),
      `the folder of the app does not exist, got '${file}' (${file}); give the path relative to where cdk runs`,
    );
  });

  test.each<[string, string, Files]>([
    ['no requirements at all', 'pip freeze > requirements.txt', { 'app.py': '' }],
    ['uv.lock without pyproject.toml', 'pip freeze > requirements.txt', { 'app.py': '', 'uv.lock': '' }],
    ['pyproject.toml without uv.lock', 'uv lock', { 'app.py': '', 'pyproject.toml': '' }],
  ])('%s', (_, command, files) => {
    const source = flaskApp(files);
    expectError(
      () => FlaskImage.fromSource(source),
      `the folder '${source}' has neither requirements.txt nor uv.lock with pyproject.toml; add one with Flask in it (${command}), or use FlaskImage.fromDockerfile()`,
    );
  });

  test.each([
    ['main:app', 'main.py', 'main/__init__.py'],
    ['shop.web:create_app()', 'shop/web.py', 'shop/web/__init__.py'],
  ])('a module that is missing: %s', (wsgiApp, file, packageFile) => {
    const source = flaskApp();
    expectError(
      () => FlaskImage.fromSource(source, { wsgiApp }),
      `the app module of '${wsgiApp}' is not in the folder '${source}': neither ${file} nor ${packageFile} is there; name it by wsgiApp, or correct the folder (a project whose package is below src/ needs FlaskImage.fromDockerfile())`,
    );
  });

  test.each(['app', 'app:', ':app', 'app:app(1)', 'app:create-app()', 'my-app:app', 'app:app ', ''])(
    'a WSGI callable in another form: %p',
    (wsgiApp) => {
      expectError(
        () => FlaskImage.fromSource(flaskApp(), { wsgiApp }),
        `wsgiApp must be 'module:name' or 'module:factory()', got '${wsgiApp}'`,
      );
    },
  );

  test.each(['app:app', 'app:create_app()', 'app:factory.app', 'app:_private'])('but not %p', (wsgiApp) => {
    expect(() => FlaskImage.fromSource(flaskApp(), { wsgiApp })).not.toThrow();
  });

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
