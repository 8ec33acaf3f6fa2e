import { type awscdk, Component } from 'projen';

const tsx = (file: string) => `tsx --tsconfig tsconfig.dev.json ${file}`;

/** The tools of the project, each a task: its program and what it does. */
const TOOLS: { readonly [task: string]: readonly [program: string, description: string] } = {
  demo: ['tools/local-aws/demo.ts', 'Deploy the example to a local AWS and walk the guide'],
  'local-aws': ['tools/local-aws/serve.ts', 'A local AWS for an app of your own, until Ctrl-C'],
  conformance: [
    'tools/conformance/run.ts',
    'Build the package for each language, synthesize each example in each, and compare the templates byte for byte',
  ],
  'conformance:map-order': ['tools/conformance/map-order.e2e.ts', 'Maps in any order give the same template'],
  'conformance:python-examples': [
    'tools/conformance/python-examples.ts',
    'ruff, pyright and mypy on the examples in Python, with the wheel in dist/python',
  ],
  'conformance:csharp-check': ['tools/conformance/csharp/check.e2e.ts', 'The check of C# sources finds what is wrong'],
  'conformance:csharp-build': ['tools/conformance/csharp/build.e2e.ts', 'The steps that compile C#, with a dotnet that records them'],
  'compat:templates': [
    'tools/compat/templates.ts',
    'Hold the examples against the templates of each release; --keep keeps those of this version',
  ],
  'compat:versions': [
    'tools/compat/versions.ts',
    'Tests with the newest CDK; --all, --cdk 2.270.0, --node 24, --typescript 5,7 for other versions',
  ],
  'compat:check': ['tools/compat/compat.e2e.ts', 'A breaking change is found'],
  updates: ['test/updates/run.ts', 'Judge every update of every option on four stacks, and random walks; --walks 5000 walks longer'],
  judges: ['tools/judges/run.ts', 'Hold the templates against cdk-nag, cfn-lint and checkov'],
  integ: ['test/integ/snapshots.ts', 'Compare the templates of test/integ with their snapshots; --update writes them'],
  bench: ['tools/bench/bench.ts', 'Measure the WSGI servers side by side'],
  'bench:synth': ['tools/bench/synth/run.ts', 'Measure the synth beside hand-written L2s and ecs-patterns; after npx projen compile'],
  'bench:scaling': [
    'tools/bench/scaling/run.ts',
    'Simulate the scaling of the default and of its peers; writes the tables of docs/scaling.md',
  ],
};

/** Pages and pictures that are written by programs. */
const DOCS: { readonly [task: string]: readonly [program: string, description: string] } = {
  'docs:api': ['tools/docs/api.ts', 'The API reference in the other languages, dist/api'],
  'docs:translate': ['tools/docs/translate.ts', 'The pages of docs with TypeScript in the other languages'],
  'docs:alarms': ['tools/docs/alarms.ts', 'The page of what the alarms see, from the template'],
  'docs:cdk-json': ['tools/docs/cdk-json.ts', 'The feature flags of the examples, as cdk init gives them to a new app'],
  'docs:cost': ['tools/docs/cost.ts', 'The page on cost, from templates and list prices'],
  'docs:docstrings': ['tools/docs/docstrings.ts', 'What an editor shows of the API: whole summaries, constructors with words, examples'],
  'docs:hash': ['tools/docs/image-hash.ts', 'The table of the options in the hash of an image, in docs/image.md'],
  'docs:stages': ['tools/docs/stages.ts', 'The page on the stages, from their defaults'],
  'docs:updates': ['test/updates/run.ts --write', 'The page on updates, from what the referee says of each'],
  'docs:demo': ['tools/docs/demo.ts', 'The picture of the demo, from what a terminal shows of it'],
  'docs:dashboard': ['tools/docs/dashboard.ts', 'The picture of the dashboard, from its body in the template'],
};

/** End-to-end tests, `test/e2e/NAME.e2e.ts`: CONTRIBUTING and .ci/run call each by the same name. */
const E2E: { readonly [name: string]: string } = {
  demo: 'The guide on the local AWS',
  examples: 'Every example on the local AWS: deployed, asked, destroyed',
  'first-deployment': 'A repository that is empty at first, a push, a tag, on the local AWS',
  data: 'A pool of 32 threads, a password that changes, a cache, a broker, a bucket and the Python of the recipes, on the local AWS with a real PostgreSQL and Valkey',
  'release-task': 'A migration that passes and one that fails, on the local AWS with a real PostgreSQL',
  'worker-scaling': 'Forty jobs and a scale-in in the middle on the local AWS: none cut, none twice',
  'five-days': 'Five changes of a service on the local AWS, with requests all the time',
  delivery: 'From a commit to production and back by the workflows of the example, on the local AWS with three accounts',
  platform: 'A platform and services of two repositories on the local AWS, with requests all the time',
  'on-call': 'Three failures for real on the local AWS: hung workers, a crash loop, a canary that fails; alarms, mails, a rollback',
  commands: 'Every command of README, docs and examples on a read-only root, gunicorn of each major version, granian',
  projects: 'The projects of test/image/projects: built by the steps of their images, started, asked',
  tutorial: 'docs/tutorial.md, block by block on the local AWS',
  docs: 'The TypeScript blocks of docs compile',
  package: 'The contents and the size of the tarball',
  'package-dotnet': 'A NuGet package where a dotnet is on the PATH, sources elsewhere',
};

export class Tools extends Component {
  public constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    // jest transpiles each file alone: the types of everything are checked here
    const typecheck = project.addTask('typecheck', {
      description: 'Check the types of src, test, examples and tools',
      exec: 'node node_modules/typescript-7/bin/tsc --noEmit -p tsconfig.dev.json',
    });
    project.testTask.prependSpawn(typecheck);
    for (const [name, [program, description]] of Object.entries(TOOLS)) {
      project.addTask(name, { description, exec: tsx(program), receiveArgs: true });
    }
    for (const [name, [program, description]] of Object.entries(DOCS)) {
      project.addTask(name, { description, exec: tsx(program), env: { CDK_VALIDATION: 'false' } });
    }
    for (const [name, description] of Object.entries(E2E)) {
      project.addTask(`e2e:${name}`, { description, exec: tsx(`test/e2e/${name}.e2e.ts`), receiveArgs: true });
    }
    // half a megabyte in one page does not open
    project.tasks.tryFind('docgen')?.exec(tsx('tools/docs/api-pages.ts'));
    const props = project.addTask('props', {
      description:
        'Random programs over the whole public API: a template that the referee accepts, or an error with a remedy; --draws 20000 draws more',
      receiveArgs: true,
    });
    // what is public is read from the assembly
    props.exec('[ -f .jsii ] || npx projen compile');
    props.exec(tsx('test/props/run.ts'), { receiveArgs: true });
    project.addTask('demo:containers', {
      description: 'The demo with real containers, on a machine with an engine and no image registry: makes a base image first',
      exec: 'tools/local-aws/container-test.sh',
      receiveArgs: true,
    });
    project.addTask('test:slow', {
      description:
        'Tests that take a quarter of a minute and more, test/**/*.slow.ts: models of scaling and of alarms, pages, examples and pipelines synthesized whole, the emulator',
      exec: "jest --coverage=false --testMatch '<rootDir>/test/**/*.slow.ts'",
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
  }
}
