import * as fs from 'node:fs';
import * as path from 'node:path';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import { FlaskImage, type FlaskSourceOptions, WsgiServer } from '../../src';
import { type Files, flaskApp, MINIMAL, writeFiles } from '../util/flask-app';
import { tempDir } from '../util/temp-dir';
import { adviceOf, containerOf, expectError, service, testStack } from '../util/test-stack';
import { Built, built } from './source-setup';

/** The lines of the Dockerfile, without those that are the same in all. */
const dockerfile = (files: Files = MINIMAL, options?: FlaskSourceOptions, server?: WsgiServer) =>
  built(files, options, server).file('Dockerfile').split('\n');

const PACKAGES = (names: string) =>
  `RUN apt-get update && apt-get install -y --no-install-recommends ${names} && rm -rf /var/lib/apt/lists/*`;

const CACHE = 'RUN --mount=type=cache,target=/root/.cache ';

const IDENTITY = "RUN echo 'app:x:10001:10001::/tmp:/usr/sbin/nologin' >> /etc/passwd && echo 'app:x:10001:' >> /etc/group";

const environment = (wsgiApp: string) =>
  `ENV FLASK_APP=${wsgiApp} HOME=/tmp MPLCONFIGDIR=/tmp/matplotlib NUMBA_CACHE_DIR=/tmp/numba PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 XDG_CACHE_HOME=/tmp/.cache`;

describe('the Dockerfile', () => {
  test('has two stages, a user that is not root, and a command without flags', () => {
    expect(built().file('Dockerfile')).toBe(
      [
        '# cdk-flask-fargate: built from source',
        'FROM public.ecr.aws/docker/library/python:3.14-slim AS build',
        'ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore',
        'WORKDIR /app',
        `${CACHE}python3 -m venv /opt/venv`,
        'COPY requirements.txt ./',
        `${CACHE}/opt/venv/bin/pip install -r requirements.txt`,
        'RUN /opt/venv/bin/pip uninstall -q -y pip',
        'COPY . .',
        'RUN (python3 -m compileall -q /app || true) && chmod -R a+rX /app',
        '',
        'FROM public.ecr.aws/docker/library/python:3.14-slim',
        IDENTITY,
        environment('app:app'),
        'WORKDIR /app',
        'COPY --from=build /opt/venv /opt/venv',
        'COPY --from=build /app /app',
        'USER 10001:10001',
        'EXPOSE 3000',
        'CMD ["gunicorn","app:app"]',
        '',
      ].join('\n'),
    );
  });

  test('takes every option', () => {
    const files = { ...MINIMAL, 'web/shop/__init__.py': 'def create_app(name="x"):\n    pass\n' };
    const image = built(
      files,
      {
        wsgiApp: 'shop:create_app()',
        workingDirectory: 'web',
        baseImage: 'example.com/python:3.12',
        systemPackages: ['libpq5', 'curl=8.1'],
        buildPackages: ['gcc'],
        buildArgs: { HTTP_PROXY: 'http://proxy.example.com', A: '1' },
        buildSecrets: { netrc: 'src=/home/me/.netrc', PIP_INDEX_URL: 'env=INDEX' },
        cpuArchitecture: CpuArchitecture.ARM64,
        cacheMounts: false,
        exclude: ['app.py'],
      },
      undefined,
      8080,
      { writablePaths: ['/app/instance', '/var/run/app'] },
    );
    const run =
      'RUN --mount=type=secret,id=PIP_INDEX_URL --mount=type=secret,id=netrc,target=/root/.netrc export PIP_INDEX_URL="$(cat /run/secrets/PIP_INDEX_URL)" && ';
    expect(image.file('Dockerfile').split('\n')).toEqual([
      '# cdk-flask-fargate: built from source',
      'FROM example.com/python:3.12 AS build',
      PACKAGES('curl=8.1 gcc libpq5'),
      'ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore',
      'ARG A',
      'ARG HTTP_PROXY',
      'WORKDIR /app',
      `${run}python3 -m venv /opt/venv`,
      'COPY requirements.txt ./',
      `${run}/opt/venv/bin/pip install -r requirements.txt`,
      'RUN /opt/venv/bin/pip uninstall -q -y pip',
      'COPY . .',
      'RUN (python3 -m compileall -q /app || true) && chmod -R a+rX /app',
      '',
      'FROM example.com/python:3.12',
      PACKAGES('libpq5 curl=8.1'),
      IDENTITY,
      environment('"shop:create_app()"'),
      'WORKDIR /app/web',
      'COPY --from=build /opt/venv /opt/venv',
      'COPY --from=build /app /app',
      'RUN mkdir -p /app/instance /var/run/app && chown 10001:10001 /app/instance /var/run/app && chmod 1777 /app/instance /var/run/app',
      'USER 10001:10001',
      'EXPOSE 8080',
      'CMD ["gunicorn","shop:create_app()"]',
      '',
    ]);
    expect(image.files).toEqual(['Dockerfile', 'requirements.txt', 'web/shop/__init__.py']);
  });

  test('takes the version of Python', () => {
    expect(dockerfile(MINIMAL, { pythonVersion: '3.12.7' })).toContain('FROM public.ecr.aws/docker/library/python:3.12.7-slim');
  });

  test('keeps the slash of a module in a package', () => {
    expect(dockerfile({ ...MINIMAL, 'shop/web.py': 'application = 1\n' }, { wsgiApp: 'shop.web:application' })).toContain(
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
        'requirements.txt': '-r requirements/prod.txt\n--constraint=constraints.txt\n-r requirements.txt\n',
        'requirements/prod.txt': 'gunicorn\n-r base.txt\n',
        'requirements/base.txt': '  --requirement ../more.txt\nFlask\n',
        'more.txt': '-c constraints.txt\n',
        'constraints.txt': 'Flask<4\n',
      }),
    ).toEqual([
      'COPY requirements.txt more.txt constraints.txt ./',
      'COPY requirements/prod.txt requirements/base.txt ./requirements/',
      'COPY . .',
    ]);
  });

  test('outside of the folder are refused, for they do not go into the image', () => {
    const files = { ...MINIMAL, 'requirements.txt': 'Flask\n-r ../shared.txt\n' };
    expect(() => built(files)).toThrow(
      new Error("the requirements include '../shared.txt', which is outside the folder and so not in the image; move it into the folder"),
    );
  });

  test('are followed without a space too', () => {
    const files = { ...MINIMAL, 'requirements.txt': '-rbase.txt\n', 'base.txt': 'Flask\ngunicorn\n' };
    expect(built(files).files).not.toContain('flask_image_server.txt');
  });

  test.each(['-e .', '-e ./libs/shared', '--editable .', '--editable=./libs/shared', '.', './libs/shared'])(
    'take the whole folder where they install from it: %s',
    (line) => {
      expect(copies({ 'requirements.txt': `gunicorn\n${line}\n`, 'libs/shared/setup.py': '' })).toEqual(['COPY . .']);
    },
  );

  test('may have hashes', () => {
    const requirements = 'flask==3.1.3 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\ngunicorn==27.0.1 \\\n    --hash=sha256:cc\n';
    expect(dockerfile({ ...MINIMAL, 'libs/shared/setup.py': '', 'requirements.txt': requirements })).not.toContain(
      'COPY flask_image_server.txt ./',
    );
  });

  test('may have Windows line ends', () => {
    expect(copies({ 'requirements.txt': 'gunicorn\r\n-r base.txt\r\n', 'base.txt': 'Flask\r\n' })).toEqual([
      'COPY requirements.txt base.txt ./',
      'COPY . .',
    ]);
  });
});

describe('the server', () => {
  const INSTALL = ['COPY flask_image_server.txt ./', `${CACHE}/opt/venv/bin/pip install -r flask_image_server.txt`];

  test.each([
    ['gunicorn', undefined, 'gunicorn>=23.0.0,<28\n'],
    ['granian', WsgiServer.granian(), 'granian>=2.5,<3\n'],
  ])('%s is installed where the requirements lack it', (_, server, requirement) => {
    const image = built({ ...MINIMAL, 'requirements.txt': 'Flask==3.1.3\n' }, {}, server);
    expect(image.file('flask_image_server.txt')).toBe(requirement);
    const lines = image.file('Dockerfile').split('\n');
    // after the app's own, which may have hashes, and in a run of its own
    expect(lines.slice(lines.indexOf(INSTALL[0]) - 1, lines.indexOf(INSTALL[0]) + 2)).toEqual([
      `${CACHE}/opt/venv/bin/pip install -r requirements.txt`,
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
    expect(image.files).not.toContain('flask_image_server.txt');
    expect(image.file('Dockerfile')).not.toContain('flask_image_server.txt');
  });

  test.each(['gunicorn-color', '# gunicorn', 'not-gunicorn', '--index-url https://example.com/gunicorn'])(
    'is installed beside what only looks like it: %s',
    (line) => {
      expect(built({ ...MINIMAL, 'requirements.txt': `Flask\n${line}\n` }).files).toContain('flask_image_server.txt');
    },
  );

  test('is that of a file that the requirements include', () => {
    const files = { ...MINIMAL, 'requirements.txt': '-r base.txt\n', 'base.txt': 'Flask\ngunicorn\n' };
    expect(built(files).files).not.toContain('flask_image_server.txt');
  });

  test('is installed where it is constrained and not required', () => {
    const files = { ...MINIMAL, 'requirements.txt': 'Flask\n-c constraints.txt\n', 'constraints.txt': 'Flask==3.1.3\ngunicorn==23.0.0\n' };
    expect(built(files).files).toContain('flask_image_server.txt');
  });

  test('of another kind is not installed', () => {
    const image = built({ ...MINIMAL, 'requirements.txt': 'Flask\n' }, {}, WsgiServer.custom({ command: ['waitress-serve', 'app:app'] }));
    expect(image.files).not.toContain('flask_image_server.txt');
    expect(image.file('Dockerfile')).toContain('CMD ["waitress-serve","app:app"]');
    expect(image.container.Command).toEqual(['waitress-serve', 'app:app']);
  });

  test('granian takes a factory by a flag', () => {
    const files = {
      'app.py': 'app = 1\n\n\ndef create_app():\n    pass\n',
      'requirements.txt': 'Flask\ngranian\n',
    };
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
    expectError(
      () => service(testStack(), { image }),
      `'app.py' of '${source}' does not go into the image, which needs it; it is excluded by .dockerignore or by the option exclude: take it out there, or name it in include`,
    );
  });

  test('must have the requirements', () => {
    const source = flaskApp({ ...MINIMAL, '.dockerignore': '*.txt\n' });
    const image = FlaskImage.fromSource(source);
    expectError(
      () => service(testStack(), { image }),
      `'requirements.txt' of '${source}' does not go into the image, which needs it; it is excluded by .dockerignore or by the option exclude: take it out there, or name it in include`,
    );
  });
});

describe('what is at home beside an app', () => {
  const LEFTOVERS = `
    .pytest_cache/x .mypy_cache/x .dmypy.json .ruff_cache/x .ty_cache/x .pytype/x .pyre/x .pyrefly/x .pylint.d/x .import_linter_cache/x .tox/x .nox/x
    htmlcov/index.html .coverage .coverage.host.1 coverage.xml coverage.json coverage.lcov lcov.info junit.xml junit/results.xml report.xml pytest-report.xml
    test-results/x.xml test-reports/x.xml allure-results/x nosetests.xml .stestr/x .hypothesis/x .benchmarks/x .testmondata .mutmut-cache app.prof
    .venv/x venv/x env/pyvenv.cfg tools/py3/pyvenv.cfg conda/conda-meta/history .pixi/x .hatch/x .devenv/x __pypackages__/x .pdm-build/x .pdm-python
    .direnv/x .eggs/x shop.egg-info/PKG-INFO build/lib/x.py build/bdist.linux/x dist/shop-1.whl dist/shop-1.tar.gz pip-log.txt __pycache__/x.pyc
    .cache/pip/x .uv-cache/x .pip-cache/x .npm/x warm/CACHEDIR.TAG node_modules/.cache/x npm-debug.log .webassets-cache/x .ipynb_checkpoints/x
    celerybeat-schedule gunicorn.pid nohup.out .terraform/x .terraform.lock.hcl shop.tfstate .aws-sam/x .serverless/x cdk.out/x cdk.out.staging/x
    cdk.context.json .idea/x .vscode/x .vs/x .zed/x .history/x .ropeproject/x app.py.swp app.py~ .DS_Store ._app.py Thumbs.db desktop.ini
    .git/x .hg/x .svn/x .jj/x .github/x .gitlab/x .gitlab-ci.yml .circleci/x .buildkite/x .travis.yml azure-pipelines.yml Jenkinsfile .devcontainer/x
    .pre-commit-config.yaml .env .envrc
  `
    .trim()
    .split(/\s+/);

  test('leaves the image as it is', () => {
    const source = flaskApp();
    const before = new Built(source).image;
    writeFiles(source, Object.fromEntries(LEFTOVERS.map((file) => [file, 'x'])));
    // by name: a difference says which one
    expect(new Built(source).files).toEqual(built().files);
    expect(new Built(source).image).toEqual(before);
  });

  test('is no part of the app that has a like name', () => {
    const files = [
      'junit_reader.py',
      'report/report.xml',
      'coverage.py',
      'cache/a.txt',
      'env/settings.py',
      'pip-log.txt.md',
      'environments/a.py',
    ];
    expect(built({ ...MINIMAL, ...Object.fromEntries(files.map((file) => [file, 'x'])) }).files).toEqual(expect.arrayContaining(files));
  });

  test('is no front end: build and dist go in', () => {
    expect(built({ ...MINIMAL, 'build/main.js': 'x', 'dist/main.css': 'x' }).files).toEqual(
      expect.arrayContaining(['build/main.js', 'dist/main.css']),
    );
  });

  test('goes in where include names it, and a secret does not', () => {
    const files = {
      ...MINIMAL,
      '.dockerignore': 'public\n',
      'public/a.js': '1',
      'static/node_modules/b.js': '1',
      'node_modules/c.js': '1',
      '.env': 'A=1',
    };
    const image = built(files, { include: ['public', 'static/node_modules', '.env'] });
    expect(image.files).toEqual(['Dockerfile', 'app.py', 'public/a.js', 'requirements.txt', 'static/node_modules/b.js']);
  });

  test('is an output folder of the CDK of any name, and a CDK app with its own packages', () => {
    const files = {
      ...MINIMAL,
      'out/manifest.json': '{}',
      'out/cdk.out': '{}',
      'infra/cdk.json': '{}',
      'infra/app.py': 'x',
      'data/manifest.json': '{}',
    };
    expect(built(files).files).toEqual(['Dockerfile', 'app.py', 'data/manifest.json', 'requirements.txt']);
  });

  test('is the output folder that is written, which has no mark yet', () => {
    const source = flaskApp();
    const images = ['first', 'second'].map(() => {
      const app = new App({ outdir: path.join(source, 'assembly') });
      const stack = new Stack(app, 'Test');
      service(stack, { image: FlaskImage.fromSource(source) });
      return containerOf(Template.fromStack(stack)).Image;
    });
    expect(images[1]).toEqual(images[0]);
  });

  test('may be a symbolic link, which stays one', () => {
    const source = flaskApp({ ...MINIMAL, 'shared/word.txt': 'ok' });
    fs.symlinkSync('shared', path.join(source, 'texts'));
    const image = new Built(source);
    expect(fs.readlinkSync(path.join(image.directory, 'texts'))).toBe('shared');
  });

  test('is told where it is a pointer of git LFS', () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
    const source = flaskApp({ ...MINIMAL, 'static/logo.png': pointer });
    const stack = testStack();
    service(stack, { image: FlaskImage.fromSource(source) });
    expect(adviceOf(stack).map(({ id, text }) => [id, text])).toEqual([
      ['cdk-flask-fargate:lfsPointers', `static/logo.png of '${source}' are pointers of git LFS, not the files; fetch them: git lfs pull`],
    ]);
  });
});

test('without staging the build context stays where the CLI builds it', () => {
  const app = new App({ outdir: tempDir(), context: { 'aws:cdk:disable-asset-staging': true } });
  const stack = new Stack(app, 'Test');
  service(stack, { image: FlaskImage.fromSource(flaskApp()) });
  app.synth();
  const manifest = JSON.parse(fs.readFileSync(path.join(app.outdir, 'Test.assets.json'), 'utf-8')) as {
    dockerImages: { [hash: string]: { source: { directory: string } } };
  };
  const [{ source }] = Object.values(manifest.dockerImages);
  expect(fs.existsSync(path.resolve(app.outdir, source.directory, 'Dockerfile'))).toBe(true);
});

test('what was found is one line of the synth', () => {
  const stack = testStack();
  const source = flaskApp({ ...MINIMAL, '.python-version': '3.12\n' });
  service(stack, { image: FlaskImage.fromSource(source) });
  expect(
    Annotations.fromStack(stack)
      .findInfo('*', Match.stringLikeRegexp('the image is built'))
      .map(({ entry }) => `${entry.data}`),
  ).toEqual([
    expect.stringContaining(
      `the image is built from '${source}': pip with requirements.txt; Python 3.12 of .python-version; app:app of app.py`,
    ),
  ]);
});

describe('the hash', () => {
  test('is the same for the same files in another folder', () => {
    expect(built().image).toEqual(built().image);
  });

  test('changes with a file of the app', () => {
    const source = flaskApp();
    const before = new Built(source).image;
    writeFiles(source, { 'app.py': 'app = 2\n' });
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
