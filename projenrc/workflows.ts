import { type awscdk, Component, github, JsonPatch } from 'projen';

/** The versions of Node.js that are alive: the library is tested on each. The first builds and releases. */
export const NODE_VERSIONS = ['24', '22', '26'];
const DOTNET_VERSION = '10.x';

type Step = github.workflows.JobStep;
const nodeJs = (version: string): Step => ({
  name: 'Node.js',
  uses: 'actions/setup-node@v7.0.0',
  with: { 'node-version': version, 'package-manager-cache': false },
});
const PYTHON: Step = { name: 'Python', uses: 'actions/setup-python@v7.0.0', with: { 'python-version': '3.11' } };
const JAVA: Step = { name: 'Java', uses: 'actions/setup-java@v6.0.0', with: { distribution: 'corretto', 'java-version': '17' } };
const GO: Step = { name: 'Go', uses: 'actions/setup-go@v7.0.0', with: { 'go-version': 'stable', cache: false } };
const DOTNET: Step = { name: '.NET', uses: 'actions/setup-dotnet@v6.0.0', with: { 'dotnet-version': DOTNET_VERSION, cache: false } };

/** The parts of .ci/run that run side by side, and what each needs beside Node.js and Python. */
const PARTS: { readonly [part: string]: Step[] } = { code: [], docs: [], local: [], languages: [JAVA, GO, DOTNET] };

/** The build of a change, and what projen's release workflow does otherwise than this project. */
export class Workflows extends Component {
  public constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const build = project.github?.addWorkflow('build');
    build?.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
    for (const [part, steps] of Object.entries(PARTS)) {
      build?.addJob(part, job(45, nodeJs(NODE_VERSIONS[0]), PYTHON, ...steps, { name: `every check of ${part}`, run: `.ci/run ${part}` }));
    }
    for (const version of NODE_VERSIONS.slice(1)) {
      build?.addJob(`node-${version}`, job(20, nodeJs(version), PYTHON, { name: 'unit tests', run: 'npm test' }));
    }

    const release = project.github?.tryFindWorkflow('release')?.file;
    if (!release) {
      throw new Error('projen makes no workflow release any more: see projenrc/workflows.ts');
    }
    // publib knows where npm packages go; no committed file names the host of a registry
    release.patch(JsonPatch.remove('/jobs/release_npm/steps/9/env/NPM_REGISTRY'));
    // projen sets up .NET 6, whose life is over
    release.patch(JsonPatch.replace('/jobs/release_nuget/steps/1/with/dotnet-version', DOTNET_VERSION));
  }
}

function job(timeoutMinutes: number, ...steps: Step[]): github.workflows.Job {
  return {
    runsOn: ['ubuntu-latest'],
    permissions: { contents: github.workflows.JobPermission.READ },
    timeoutMinutes,
    steps: [github.WorkflowSteps.checkout(), ...steps],
  };
}
