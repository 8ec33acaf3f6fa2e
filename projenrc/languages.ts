import { type awscdk, Component, type Task } from 'projen';

/** How `jsii-pacmak` packs for each language. With the folder named, it leaves .npmignore alone. */
const PACMAK: { readonly [language: string]: string } = {
  js: 'jsii-pacmak -v -o dist --target js',
  python: 'jsii-pacmak -v -o dist --target python',
  // the dependencies of the Java package are kept, and not downloaded into a folder that is thrown away
  java: 'jsii-pacmak -v -o dist --target java --maven-local-repository .cache/maven',
  // sources alone where there is no .NET. `which` is known to the shell of projen's tasks, where `command -v` is not.
  dotnet: 'jsii-pacmak -v -o dist --target dotnet $(which dotnet > /dev/null || echo --code-only)',
  go: 'jsii-pacmak -v -o dist --target go',
};

const CLASSIFIERS = ['Framework :: AWS CDK', 'Framework :: AWS CDK :: 2', 'Framework :: Flask'];

/** The packages of the five languages, and what holds their APIs and templates together. */
export class Languages extends Component {
  public readonly names = Object.keys(PACMAK);

  public constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const rosetta = project.addTask('rosetta', {
      description: 'Compile the examples of README and docstrings as strict TypeScript',
      exec: 'jsii-rosetta extract --strict --fail .',
    });
    const assembly = project.addTask('assembly', {
      description: 'The jsii assembly and its translated examples, where they are missing or older than their sources',
      condition: '[ ! -f .jsii.tabl.json ] || [ -n "$(find src README.md -newer .jsii.tabl.json -print -quit)" ]',
    });
    assembly.spawn(project.bundler.bundleTask);
    assembly.spawn(project.compileTask);
    assembly.spawn(rosetta);
    for (const [language, command] of Object.entries(PACMAK)) {
      const task = this.task(`package:${language}`);
      task.reset(command);
      task.prependSpawn(assembly);
    }
    // by these PyPI is searched for constructs; projen has no option for them
    project.package.file.addOverride('jsii.targets.python.classifiers', CLASSIFIERS);
    // against the assembly of the last release, which is kept here: projen's own task asks the npm registry
    this.task('compat').reset('tsx --tsconfig tsconfig.dev.json tools/compat/run.ts', { receiveArgs: true });
  }

  /** A task that projen made. */
  private task(name: string): Task {
    const task = this.project.tasks.tryFind(name);
    if (!task) {
      throw new Error(`projen makes no task '${name}' any more: see projenrc/languages.ts`);
    }
    return task;
  }
}
