import { type awscdk, Component } from 'projen';

/** The handlers of Lambda functions: esbuild makes one file of each in `assets`. The SDK is in the runtime of AWS Lambda. */
export class Handlers extends Component {
  public constructor(project: awscdk.AwsCdkConstructLibrary, handlers: string[]) {
    super(project);
    for (const handler of handlers) {
      project.bundler.addBundle(handler, { platform: 'node', target: 'node22', externals: ['@aws-sdk/*'], watchTask: false });
    }
    project.testTask.prependSpawn(project.bundler.bundleTask);
    // `npm pack` and `npm publish` of a tree that was never built: make the package whole, or fail
    project.addScripts({ prepack: 'projen assembly && projen package:whole' });
    project.addTask('package:whole', {
      description: 'Fail where the package lacks the assembly, the compiled code or a bundled handler',
      steps: [
        '.jsii',
        'lib/index.js',
        ...handlers.map((handler) => handler.replace(/^src\//, 'assets/').replace(/\.ts$/, '/index.js')),
      ].map((file) => ({ exec: `test -f ${file}`, name: `${file} is there` })),
    });
  }
}
