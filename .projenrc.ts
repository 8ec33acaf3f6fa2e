import { awscdk, github, javascript, release, typescript } from 'projen';

/** The lowest version of the peers that is in the npm, PyPI, Maven and Go registries: raise it on purpose, with the reason here. */
const CDK_FLOOR = '2.263.0';
const CONSTRUCTS_FLOOR = '10.6.0';

/** `npm test` and `npm run demo` work in a clone that has nothing yet. */
const INSTALL_IF_MISSING = '[ -d node_modules/projen ] || npm ci --no-audit --no-fund';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-flask-fargate',
  description: 'One AWS CDK construct that takes a Flask app to production on Amazon ECS with AWS Fargate',
  author: 'cdk-flask-fargate maintainers',
  authorAddress: 'maintainers@cdk-flask-fargate.invalid',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-flask-fargate/cdk-flask-fargate.git',
  license: 'Apache-2.0',
  keywords: ['aws', 'cdk', 'flask', 'python', 'ecs', 'fargate', 'gunicorn', 'wsgi'],
  defaultReleaseBranch: 'main',
  projenVersion: '0.103.25',
  projenrcTs: true,
  // `typecheck` has .projenrc.ts too
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx({ typeCheck: false }) },
  projenCommand: 'npx projen',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.0.0',
  sampleCode: false,
  workflowNodeVersion: '20',
  buildWorkflow: false,
  githubOptions: { mergify: false, pullRequestLint: false },
  pullRequestTemplate: false,
  // a release is a person's decision: the workflow is started by hand, and has a dry run
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  npmTrustedPublishing: true,
  lambdaAutoDiscover: false,
  depsUpgrade: false,

  // jsii: what the five languages get
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  cdkVersion: CDK_FLOOR,
  cdkVersionPinning: false,
  constructsVersion: CONSTRUCTS_FLOOR,
  docgenFilePath: 'API.md',
  publishToPypi: { distName: 'cdk-flask-fargate', module: 'cdk_flask_fargate', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'io.github.cdkflaskfargate',
    mavenGroupId: 'io.github.cdkflaskfargate',
    mavenArtifactId: 'cdk-flask-fargate',
  },
  publishToGo: {
    moduleName: 'github.com/cdk-flask-fargate/cdk-flask-fargate-go',
    packageName: 'flaskfargate',
  },
  publishToNuget: { dotNetNamespace: 'CdkFlaskFargate', packageId: 'CdkFlaskFargate', trustedPublishing: true },

  // checks
  eslint: false,
  biome: true,
  biomeOptions: {
    version: '2.5.15',
    biomeConfig: {
      files: {
        includes: [
          'src/**',
          'test/**',
          'tools/**',
          'examples/**',
          'projenrc/**',
          '.projenrc.ts',
          '!**/cdk.out',
          '!**/.cache',
          '!**/*.snapshot',
        ],
      },
      formatter: { indentStyle: javascript.biome_config.IndentStyle.SPACE, indentWidth: 2, lineWidth: 140 },
      javascript: { formatter: { quoteStyle: javascript.biome_config.QuoteStyle.SINGLE } },
      linter: {
        rules: {
          // `new Construct(scope, id)` is how the CDK makes resources, and index.ts files are the doors of the folders
          correctness: { noUnusedVariables: 'error', noUnusedImports: 'error' },
          style: { noNonNullAssertion: 'error' },
          complexity: { noStaticOnlyClass: 'off', useLiteralKeys: 'off' },
          suspicious: { noTemplateCurlyInString: 'off' },
        },
      },
    },
  },
  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestVersion: '^30',
    jestConfig: {
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      setupFiles: ['<rootDir>/test/util/setup.ts'],
      modulePathIgnorePatterns: ['/\\.cache/', '<rootDir>/dist/'],
      moduleNameMapper: { '^cdk-flask-fargate$': '<rootDir>/src' },
      // v8 would measure aws-cdk-lib too: three times as slow
      coverageProvider: 'babel',
      maxWorkers: '100%',
      collectCoverageFrom: ['src/**/*.ts'],
      coverageThreshold: { branches: 95, functions: 95, lines: 95, statements: 95 },
    },
    coverageText: false,
    junitReporting: false,
  },
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    include: ['src/**/*.ts', 'test/**/*.ts', 'tools/**/*.ts', 'examples/**/*.ts', 'projenrc/**/*.ts', '.projenrc.ts'],
    exclude: ['**/cdk.out', '**/.cache'],
    compilerOptions: {
      // the examples import the package by its name, as a user does
      paths: { 'cdk-flask-fargate': ['./src'] },
    },
  },
  devDeps: [
    'tsx@^4',
    'aws-cdk@^2',
    '@aws-cdk/cloudformation-diff@^2',
    'cdk-nag@^3',
    'listr2@~9.0.4',
    '@types/node@^20',
    'jsii-docgen@10.12.6',
    'jsii-rosetta@~6.0.0',
    '@aws-sdk/client-cloudformation@^3',
    '@aws-sdk/client-cloudwatch-logs@^3',
    '@aws-sdk/client-ec2@^3',
    '@aws-sdk/client-ecr@^3',
    '@aws-sdk/client-ecs@^3',
    '@aws-sdk/client-elastic-load-balancing-v2@^3',
    '@aws-sdk/client-iam@^3',
    '@aws-sdk/client-s3@^3',
    '@aws-sdk/client-secrets-manager@^3',
    '@aws-sdk/client-cloudwatch@^3',
    '@aws-sdk/client-application-auto-scaling@^3',
    'aws-sdk-client-mock@^4',
    '@jsii/spec@^1.140.0',
    '@vscode/tree-sitter-wasm@^0.3.1',
    'diff@^9',
    'fast-check@^4',
    '@aws-cdk/aws-service-spec@~0.1.216',
    '@aws-cdk/service-spec-types@~0.0.282',
    '@stryker-mutator/core@^10',
    '@stryker-mutator/jest-runner@^10',
    '@aws-cdk/app-staging-synthesizer-alpha@2.149.0-alpha.0',
    'cdk-pipelines-github@^0.4.139',
    '@aws-sdk/client-sns@^3',
    '@aws-sdk/client-sqs@^3',
    '@aws-sdk/client-sts@^3',
    '@aws-sdk/client-ssm@^3',
    '@aws-sdk/client-eventbridge@^3',
  ],
  // a parser of TOML: what a Flask project says of itself in pyproject.toml, uv.lock and Pipfile
  bundledDeps: ['smol-toml@^1.9.1'],

  npmIgnoreOptions: { ignorePatterns: [] },
  gitignore: [
    'cdk.out',
    '.cache',
    '.venv',
    '__pycache__',
    '*.pyc',
    '.pytest_cache',
    '.DS_Store',
    '.jsii.tabl.json',
    '/examples/java/*/target',
    '/examples/csharp/*/bin',
    '/examples/csharp/*/obj',
    '/examples/go/*/go.sum',
  ],
});

project.package.addVersion('0.1.0');
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');

// The tarball holds lib, .jsii, README, API.md and LICENSE only (package.json and the latter two are always in it).
project.package.addField('files', ['lib', 'assets', '.jsii', 'API.md']);
project.tryRemoveFile('.npmignore');

// pacmak copies the versions that npm resolves into go.mod, and the Go proxy lacks newer ones of the first two;
// unrs-resolver 1.13.0 lacks a native binary, and `npm ci` then fails.
project.package.addField('overrides', {
  '@aws-cdk/cloud-assembly-schema': '54.11.0',
  '@aws-cdk/asset-node-proxy-agent-v6': '2.1.2',
  'unrs-resolver': '1.12.2',
});

// jsii prints a banner on a Node.js whose life is over; it takes the versions for which it shall not
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// The handlers of Lambda functions, each one file: the SDK is in the runtime of AWS Lambda.
const HANDLERS = ['src/processes/release-task.handler.ts', 'src/secrets/secret-key-rotation.handler.ts'];
for (const handler of HANDLERS) {
  project.bundler.addBundle(handler, { platform: 'node', target: 'node22', externals: ['@aws-sdk/*'], watchTask: false });
}
project.testTask.prependSpawn(project.bundler.bundleTask);

// jest transpiles each file alone: the types of src, tests and examples are checked here
const typecheck = project.addTask('typecheck', {
  description: 'Check the types of src, test, examples and tools',
  exec: 'tsc --noEmit -p tsconfig.dev.json',
});
project.testTask.prependSpawn(typecheck);

project.addTask('demo', {
  description: 'Deploy the example to a local AWS and walk the guide',
  exec: 'tsx --tsconfig tsconfig.dev.json tools/local-aws/demo.ts',
  receiveArgs: true,
});
project.addTask('test:sample-app', {
  description: 'pytest of the sample app, in a virtual environment of its own',
  cwd: 'examples/sample-app',
  steps: [
    { exec: 'python3 -m venv .venv && .venv/bin/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt' },
    { exec: '.venv/bin/python -m pytest -q' },
  ],
});
// end to end, each a task that CONTRIBUTING and .ci/run call by the same name
const E2E = {
  demo: 'The guide on the local AWS',
  examples: 'Every example on the local AWS: deployed, asked, destroyed',
  'first-deployment': 'A repository that is empty at first, a push, a tag, on the local AWS',
  'release-task': 'A migration that passes and one that fails, on the local AWS with a real PostgreSQL',
  docs: 'The TypeScript blocks of docs compile',
  package: 'The contents and the size of the tarball',
};
for (const [name, description] of Object.entries(E2E)) {
  project.addTask(`e2e:${name}`, { description, exec: `tsx --tsconfig tsconfig.dev.json test/e2e/${name}.e2e.ts`, receiveArgs: true });
}
const rosetta = project.addTask('rosetta', {
  description: 'Compile the examples of README and docstrings as strict TypeScript',
  exec: 'jsii-rosetta extract --strict --fail .',
});
// Each language: what the artefacts are made of comes first, where it is not there or is older than its sources.
const assembly = project.addTask('assembly', {
  description: 'The jsii assembly, and its examples in the other languages',
  condition: '[ ! -f .jsii.tabl.json ] || [ -n "$(find src README.md -newer .jsii.tabl.json -print -quit)" ]',
});
assembly.spawn(project.bundler.bundleTask);
assembly.spawn(project.compileTask);
assembly.spawn(rosetta);
// with the folder named, pacmak leaves .npmignore alone
const packages = {
  js: 'jsii-pacmak -v -o dist --target js',
  python: 'jsii-pacmak -v -o dist --target python',
  // the dependencies of the Java package are kept, and not downloaded into a folder that is thrown away
  java: 'jsii-pacmak -v -o dist --target java --maven-local-repository .cache/maven',
  // without .NET, sources: `dotnet build --configuration Release` of dist/dotnet/CdkFlaskFargate makes the package of them
  dotnet: 'jsii-pacmak -v -o dist --target dotnet $(command -v dotnet >/dev/null || echo --code-only)',
  go: 'jsii-pacmak -v -o dist --target go',
};
for (const [language, command] of Object.entries(packages)) {
  const task = project.tasks.tryFind(`package:${language}`);
  task?.reset(command);
  task?.prependSpawn(assembly);
}
project.addTask('conformance', {
  description: 'Build the package for each language, synthesize each example in each, and compare the templates byte for byte',
  exec: 'tsx --tsconfig tsconfig.dev.json tools/conformance/run.ts',
  receiveArgs: true,
});
project.addTask('docs:api', {
  description: 'The API in the other languages, dist/api',
  exec: 'tsx --tsconfig tsconfig.dev.json tools/docs/api.ts',
});
project.addTask('docs:translate', {
  description: 'The pages of docs with TypeScript in the other languages',
  exec: 'tsx --tsconfig tsconfig.dev.json tools/docs/translate.ts',
});
// against the assembly of the last release, which is kept here: projen's own asks the npm registry
project.tasks.tryFind('compat')?.reset('tsx --tsconfig tsconfig.dev.json tools/compat/run.ts', { receiveArgs: true });
project.addTask('integ', {
  description: 'Compare the templates of test/integ with their snapshots; --update writes them',
  exec: 'tsx --tsconfig tsconfig.dev.json test/integ/snapshots.ts',
  receiveArgs: true,
});
project.addTask('judges', {
  description: 'Hold the templates against cdk-nag, cfn-lint and checkov',
  exec: 'tsx --tsconfig tsconfig.dev.json tools/judges/run.ts',
});
project.addTask('docs:cost', {
  description: 'Compute the page on cost from templates and list prices',
  env: { CDK_VALIDATION: 'false' },
  exec: 'tsx --tsconfig tsconfig.dev.json tools/docs/cost.ts',
});
project.addTask('docs:dashboard', {
  description: 'Draw the dashboard from its body in the template',
  env: { CDK_VALIDATION: 'false' },
  exec: 'tsx --tsconfig tsconfig.dev.json tools/docs/dashboard.ts',
});
project.addTask('bench', {
  description: 'Measure the WSGI servers side by side',
  exec: 'tsx --tsconfig tsconfig.dev.json tools/bench/bench.ts',
  receiveArgs: true,
});
project.addTask('demo:containers', {
  description: 'The demo with real containers, on a machine with an engine and no image registry: makes a base image first',
  exec: 'tools/local-aws/container-test.sh',
  receiveArgs: true,
});
for (const script of ['test', 'demo', 'conformance', 'compat', ...Object.keys(packages).map((language) => `package:${language}`)]) {
  project.addScripts({ [`pre${script}`]: INSTALL_IF_MISSING });
}

// publib knows where npm packages go; no committed file names the host of a registry
const releaseWorkflow = project.github?.tryFindWorkflow('release')?.file;
for (let step = 0; step < 20; step++) {
  releaseWorkflow?.addDeletionOverride(`jobs.release_npm.steps.${step}.env.NPM_REGISTRY`);
}

const build = project.github?.addWorkflow('build');
build?.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
build?.addJob('build', {
  runsOn: ['ubuntu-latest'],
  permissions: { contents: github.workflows.JobPermission.READ },
  timeoutMinutes: 45,
  steps: [
    github.WorkflowSteps.checkout(),
    { name: 'Node.js', uses: 'actions/setup-node@v7.0.0', with: { 'node-version': '20', 'package-manager-cache': false } },
    { name: 'Python', uses: 'actions/setup-python@v7.0.0', with: { 'python-version': '3.11' } },
    { name: 'Java', uses: 'actions/setup-java@v6.0.0', with: { distribution: 'corretto', 'java-version': '17' } },
    { name: 'Go', uses: 'actions/setup-go@v7.0.0', with: { 'go-version': 'stable', cache: false } },
    { name: 'every check', run: '.ci/run' },
  ],
});

for (const folder of ['python', 'java', 'go', 'csharp']) {
  project.gitattributes.addAttributes(`/docs/${folder}/*.md`, 'linguist-generated');
}

// .projenrc.ts stands alone: there is no folder of projen code beside it
project.tryRemoveFile('projenrc/tsconfig.json');

project.synth();
