import { awscdk, javascript, release, typescript } from 'projen';
import { FreshClone } from './projenrc/fresh-clone';
import { Handlers } from './projenrc/handlers';
import { Languages } from './projenrc/languages';
import { Tools } from './projenrc/tools';
import { NODE_VERSIONS, Workflows } from './projenrc/workflows';

/** The lowest version of the peers that is in the npm, PyPI, Maven and Go registries: raise it on purpose, with the reason here. */
const CDK_FLOOR = '2.263.0';
const CONSTRUCTS_FLOOR = '10.6.0';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-flask-fargate',
  description: 'One AWS CDK construct that takes a Flask app to production on Amazon ECS with AWS Fargate',
  author: 'cdk-flask-fargate contributors',
  authorAddress: 'https://github.com/cdk-flask-fargate',
  authorOrganization: true,
  homepage: 'https://github.com/cdk-flask-fargate/cdk-flask-fargate#readme',
  bugsUrl: 'https://github.com/cdk-flask-fargate/cdk-flask-fargate/issues',
  // the word of the registries for a version below 1.0
  stability: 'experimental',
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
  minNodeVersion: '22.0.0',
  sampleCode: false,
  workflowNodeVersion: NODE_VERSIONS[0],
  buildWorkflow: false,
  githubOptions: { mergify: false, pullRequestLint: false },
  // a release is a person's decision: the workflow is started by hand, and has a dry run
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  npmTrustedPublishing: true,
  lambdaAutoDiscover: false,
  pullRequestTemplateContents: [
    '## What and why',
    '',
    'Fixes #',
    '',
    '## Checks',
    '',
    '- [ ] `npm test` passes; a test fails without the change',
    '- [ ] docs, docstrings, API.md (`npx projen compile && npx projen docgen`) and the examples in five languages say the same',
    '- [ ] no logical id moves, or the commit is marked with `!` and says how a deployed stack gets there (docs/updates.md)',
    '- [ ] commits are Conventional Commits: a subject under 72 characters, a body with the why',
  ],
  depsUpgradeOptions: {
    // a release that was taken over or withdrawn is usually found within days
    cooldown: 7,
    workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.WEEKLY },
  },

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
  publishToNuget: {
    dotNetNamespace: 'CdkFlaskFargate',
    packageId: 'CdkFlaskFargate',
    // pacmak packs the file behind it
    iconUrl: 'https://raw.githubusercontent.com/cdk-flask-fargate/cdk-flask-fargate/main/docs/icon.png',
    trustedPublishing: true,
  },

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
      // it costs a quarter more time: `npm test -- --coverage` measures it
      collectCoverage: false,
      // v8 would measure aws-cdk-lib too: three times as slow
      coverageProvider: 'babel',
      maxWorkers: '100%',
      collectCoverageFrom: ['src/**/*.ts'],
      coverageThreshold: { branches: 92, functions: 95, lines: 95, statements: 95 },
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
    // checks the types of everything in a sixth of the time; jsii and ts-jest have a TypeScript of their own
    'typescript-7@npm:typescript@~7.0.2',
    'aws-cdk@^2',
    '@aws-cdk/cloudformation-diff@^2',
    'cdk-nag@^3',
    'listr2@~9.0.4',
    '@types/node@^22',
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
    '/examples/java/**/target',
    '/examples/csharp/**/bin',
    '/examples/csharp/**/obj',
    '/examples/go/**/go.sum',
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

new Handlers(project, ['src/processes/release-task.handler.ts', 'src/secrets/secret-key-rotation.handler.ts']);
const languages = new Languages(project);
new Tools(project);
new FreshClone(project, ['test', 'demo', 'local-aws', 'conformance', 'compat', ...languages.names.map((name) => `package:${name}`)]);
new Workflows(project);

// what a project has as line ends and encoding is what is tested
project.gitattributes.addAttributes('/test/image/projects/**', '-text');
for (const folder of ['python', 'java', 'go', 'csharp']) {
  project.gitattributes.addAttributes(`/docs/${folder}/*.md`, 'linguist-generated');
}

// tsconfig.dev.json has the components too
project.tryRemoveFile('projenrc/tsconfig.json');

project.synth();
