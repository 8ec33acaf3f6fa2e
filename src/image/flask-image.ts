import * as fs from 'node:fs';
import * as path from 'node:path';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { AssetImage, ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { WsgiServer } from '../application';
import { serverPort } from '../application/server-port';
import { fail, requireKnownText } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import { TaskHardening } from '../security/task-hardening';
import type { BoundImage } from '../task/bound-image';
import { infrastructureIn } from './excluded-files';
import type {
  FlaskDockerfileOptions,
  FlaskImageAssetOptions,
  FlaskImageOptions,
  FlaskRepositoryImageOptions,
  FlaskSourceOptions,
} from './flask-image-options';
import { imageAsset, keptFolder, outdirOf, requireBuildOptions, warnOfPointers } from './image-asset';
import type { ImageContext } from './image-context';
import { adviceOnCommand, commandOf } from './project/dockerfile-command';
import { readProject, sourcesName } from './project/source-project';
import { isFile } from './project/text-file';
import { repositoryImage, requireTagOrDigest } from './repository-image';
import { adviseOnRequests } from './request-advice';
import { adviseOnSource } from './source-advice';
import { bundleOf, IMAGE_USER, requireSourceOptions } from './source-bundle';
import { sourceFolder } from './source-folder';

/** How an app reads the key by one of the names that useSecretKey gives. */
const READS_SECRET_KEY = ['SECRET_KEY', 'from_prefixed_env'];

/** The size of a task is not in its image. */
const ANY_SIZE = { cpu: 256, memoryLimitMiB: 512 };

type Bind = (scope: Construct, context: ImageContext) => Omit<BoundImage, 'cpuArchitecture'>;

/** The image of the app: built from its source, built from a Dockerfile, or from a repository. */
export class FlaskImage {
  /**
   * Builds the image from the source of the app, without a Dockerfile. It takes requirements files, uv, Poetry, Pipenv, PDM, pyproject.toml and
   * setup.py, and installs in a stage of its own. It runs as a numeric user that is not root, and adds the WSGI server of the service where
   * the dependencies lack it. The WSGI callable and the version of Python are read from the files of the project. The image is built again when a file of
   * the app changes, and only then.
   *
   * @example
   * import { FlaskImage } from 'cdk-flask-fargate';
   *
   * const image = FlaskImage.fromSource('app', { wsgiApp: 'shop:create_app()' });
   *
   * @param directory the folder of the app: absolute, or relative to where `cdk` runs or to the folder of cdk.json
   * @param options what the files of the project do not say, or say otherwise
   */
  public static fromSource(directory: string, options: FlaskSourceOptions = {}): FlaskImage {
    requireSourceOptions(options);
    const folder = sourceFolder(directory);
    const project = readProject(folder, options);
    const bind: Bind = (scope, context) => {
      adviseOnSource(scope, folder, options, project, context.server);
      const outdir = outdirOf(scope);
      const kept = keptFolder(scope, context.id);
      const bundle = bundleOf(folder, options, project, context, { outdir, directory: kept });
      try {
        const asset = imageAsset(scope, context.id, bundle.directory, options);
        warnOfPointers(scope, folder, bundle.directory);
        const readsSecretKey = sourcesName(bundle.directory, READS_SECRET_KEY);
        return { image: ContainerImage.fromDockerImageAsset(asset), user: IMAGE_USER, asset, readsSecretKey };
      } finally {
        // the asset has copied it into the cloud assembly
        if (kept === undefined) {
          bundle.remove();
        }
      }
    };
    return new FlaskImage(options, bind);
  }

  /**
   * Builds the image from your Dockerfile. Its CMD must start the server, in exec form and without arguments: environment variables configure the
   * server.
   *
   * @param directory the build context: absolute, or relative to where `cdk` runs or to the folder of cdk.json
   * @param options the Dockerfile, its stage and arguments
   *
   * @example
   * import { FlaskImage } from 'cdk-flask-fargate';
   *
   * const image = FlaskImage.fromDockerfile('app', { file: 'docker/Dockerfile', target: 'web' });
   */
  public static fromDockerfile(directory: string, options: FlaskDockerfileOptions = {}): FlaskImage {
    const file = options.file ?? 'Dockerfile';
    requireBuildOptions(options);
    requireKnownText('target', options.target, 'web');
    requireKnownText('file', options.file, 'Dockerfile');
    const folder = sourceFolder(directory);
    if (path.isAbsolute(file) || path.normalize(file).startsWith('..')) {
      fail(
        `the Dockerfile must be within the folder '${directory}', got '${file}': the build could not read it; give the folder that contains both`,
      );
    }
    if (!isFile(folder, file)) {
      fail(
        `the folder '${directory}' has no '${file}'; name the Dockerfile by the option file, or use FlaskImage.fromSource(), which needs no Dockerfile`,
      );
    }
    return new FlaskImage(options, (scope, { id, server }) => {
      const command = commandOf(fs.readFileSync(path.join(folder, file), 'utf-8'), options.target);
      const advice = command && !server.commandOverride ? adviceOnCommand(command) : undefined;
      if (advice) {
        warn(scope, WARNINGS.COMMAND_OF_IMAGE, advice);
      }
      adviseOnRequests(scope, folder, server);
      // the history differs between two clones of one commit
      const exclude = ['**/.git', ...infrastructureIn(folder, outdirOf(scope)), ...(options.exclude ?? [])];
      const asset = imageAsset(scope, id, folder, options, { file: options.file, target: options.target, exclude });
      const readsSecretKey = sourcesName(folder, READS_SECRET_KEY);
      return { image: ContainerImage.fromDockerImageAsset(asset), asset, readsSecretKey };
    });
  }

  /**
   * Uses an image from an Amazon ECR repository.
   *
   * @param repository a `FlaskRepository`, or any other
   * @param tagOrDigest a tag that is never moved, such as a commit, or a digest `sha256:…`; with `latest` a new push does not deploy
   * @param options the processor that the image is for, and whether a text that is known at deployment only is a digest
   *
   * @example
   * import { Stack } from 'aws-cdk-lib';
   * import { Repository } from 'aws-cdk-lib/aws-ecr';
   * import { FlaskImage } from 'cdk-flask-fargate';
   *
   * declare const stack: Stack;
   *
   * const repository = Repository.fromRepositoryName(stack, 'Repository', 'shop');
   * const image = FlaskImage.fromRepository(repository, '1.4.2');
   */
  public static fromRepository(repository: IRepository, tagOrDigest: string, options: FlaskRepositoryImageOptions = {}): FlaskImage {
    requireTagOrDigest(tagOrDigest, options.isDigest);
    return new FlaskImage(options, (scope) => ({ image: repositoryImage(scope, repository, tagOrDigest, options.isDigest) }));
  }

  /**
   * For the first deployment of a service together with its repository, while there is no image yet: everything is made and nothing runs. The service
   * and its workers have no tasks, schedules are off, release tasks do not run. Then push an image, and deploy with its tag.
   *
   * Use it only when the first deployment is asked for explicitly, such as by `cdk deploy -c first-deployment=true`. If you used it whenever the tag is
   * missing, a forgotten tag would stop a live service.
   *
   * @param repository a `FlaskRepository`, or any other; its outputs are the commands that push an image
   * @param options the processor that the image will be for
   *
   * @example
   * import { Stack } from 'aws-cdk-lib';
   * import { FlaskImage, FlaskRepository } from 'cdk-flask-fargate';
   *
   * declare const stack: Stack;
   *
   * const image = FlaskImage.fromEmptyRepository(new FlaskRepository(stack, 'Repository'));
   */
  public static fromEmptyRepository(repository: IRepository, options: FlaskImageOptions = {}): FlaskImage {
    const bind: Bind = (scope) => {
      warn(
        scope,
        WARNINGS.EMPTY_REPOSITORY,
        `nothing runs, because the repository ${repository.node.path} has no image yet; push one, and deploy with FlaskImage.fromRepository() and its tag`,
      );
      return { image: ContainerImage.fromEcrRepository(repository, 'awaited') };
    };
    return new FlaskImage(options, bind, true);
  }

  /**
   * Uses any other image: from another registry, or one that another construct builds. The construct cannot check it.
   *
   * @param image the image
   * @param options the processor that the image is for
   *
   * @example
   * import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
   * import { FlaskImage } from 'cdk-flask-fargate';
   *
   * const image = FlaskImage.fromContainerImage(ContainerImage.fromRegistry('ghcr.io/example/shop:1.4.2'));
   */
  public static fromContainerImage(image: ContainerImage, options: FlaskImageOptions = {}): FlaskImage {
    return new FlaskImage(options, (scope) => {
      // what the CDK knows of the asset is private to it
      if (image instanceof AssetImage && !(image as unknown as { readonly props?: { readonly platform?: Platform } }).props?.platform) {
        const wanted = (options.cpuArchitecture ?? CpuArchitecture.X86_64)._cpuArchitecture;
        warn(
          scope,
          WARNINGS.ARCHITECTURE_OF_GIVEN_IMAGE,
          `the image is an asset that names no platform, so it is built for the processor of the building machine, and the tasks run on ${wanted}: if those differ, the tasks fail with 'exec format error'; use FlaskImage.fromDockerfile(), which names it, or give the asset a platform`,
        );
      }
      return { image };
    });
  }

  private readonly cpuArchitecture: CpuArchitecture;

  private constructor(
    options: FlaskImageOptions,
    private readonly bind: Bind,
    private readonly isAwaited: boolean = false,
  ) {
    this.cpuArchitecture = options.cpuArchitecture ?? CpuArchitecture.X86_64;
  }

  /**
   * Builds the image outside a service, once for all stages. The build context with its Dockerfile is in `cdk.out/asset.HASH`, with the hash that it
   * would have in a service of the same server and port. `cdk deploy` of its stack pushes it to the repository of the bootstrap.
   *
   * @param scope the scope, usually a stack of its own
   * @param id the id within the scope
   * @param options what the services that will run it set
   *
   * @example
   * import { CfnOutput, Stack } from 'aws-cdk-lib';
   * import { FlaskImage } from 'cdk-flask-fargate';
   *
   * declare const stack: Stack;
   *
   * const image = FlaskImage.fromSource('app').asDockerImageAsset(stack, 'Image');
   * new CfnOutput(stack, 'Uri', { value: image.imageUri });
   */
  public asDockerImageAsset(scope: Construct, id: string, options: FlaskImageAssetOptions = {}): DockerImageAsset {
    const port = serverPort(options.port);
    const server = (options.server ?? WsgiServer.gunicorn())._render({ ...ANY_SIZE, port, balancer: {}, drainBeforeStop: false });
    const { writablePaths } = new TaskHardening({ writablePaths: options.writablePaths });
    const { asset } = this._bind(scope, { id, server, port, writablePaths });
    return (
      asset ?? fail('asDockerImageAsset() is for an image that is built here; use FlaskImage.fromSource() or FlaskImage.fromDockerfile()')
    );
  }

  /**
   * Whether there is no image yet, so that nothing can run.
   *
   * @internal
   */
  public _render(): { readonly isAwaited: boolean } {
    return { isAwaited: this.isAwaited };
  }

  /** @internal */
  public _bind(scope: Construct, context: ImageContext): BoundImage {
    return { ...this.bind(scope, context), cpuArchitecture: this.cpuArchitecture };
  }
}
