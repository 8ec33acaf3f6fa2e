import * as fs from 'node:fs';
import * as path from 'node:path';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { AssetImage, ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { WsgiServer } from '../application/wsgi-server';
import { fail, requirePattern, sorted } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import { SourceBundle } from './source-bundle';
import { requireSource } from './source-requirements';

/** What holds for every image. */
export interface FlaskImageOptions {
  /**
   * The processor that the image is for, and so the one that the tasks run on. An image that is built here is built for it.
   *
   * X86_64 is the default because it builds on every machine and is what most repositories hold. ARM64 costs 20 % less on Fargate; building
   * it on an x86 machine needs emulation.
   *
   * @default CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: CpuArchitecture;
}

/** How a folder with a Flask app becomes an image, without a Dockerfile. */
export interface FlaskSourceOptions extends FlaskImageOptions {
  /**
   * The WSGI callable, `module:name`, or `module:factory()` for an application factory.
   *
   * @default 'app:app'
   */
  readonly wsgiApp?: string;

  /**
   * The version of Python, for example `3.12`. Goes into the default base image.
   *
   * @default '3.13'
   */
  readonly pythonVersion?: string;

  /**
   * The image to build on. It must have `python3` with the modules `venv` and `pip`.
   *
   * @default - the slim Debian image of Python from the public gallery of Amazon ECR, which has no pull limit as Docker Hub has
   */
  readonly baseImage?: string;

  /**
   * Debian packages to install, for example `libpq5`.
   *
   * @default - none
   */
  readonly systemPackages?: string[];

  /**
   * Files that stay out of the image, in the form of a `.dockerignore`, beside those that a `.dockerignore` in the folder names and those
   * that never belong in one (`.git`, `.env`, `instance`, virtual environments, caches).
   *
   * @default - none
   */
  readonly exclude?: string[];

  /**
   * Build arguments. Each is in the environment while the requirements are installed: `PIP_INDEX_URL` for an index of your own. They stay
   * in the history of the build stage, so no secrets.
   *
   * @default - none
   */
  readonly buildArgs?: { [key: string]: string };
}

/** How a folder with a Dockerfile becomes an image. */
export interface FlaskDockerfileOptions extends FlaskImageOptions {
  /**
   * The Dockerfile, relative to the folder.
   *
   * @default 'Dockerfile'
   */
  readonly file?: string;

  /**
   * The stage to build.
   *
   * @default - the last one
   */
  readonly target?: string;

  /**
   * Build arguments.
   *
   * @default - none
   */
  readonly buildArgs?: { [key: string]: string };

  /**
   * Files that stay out of the build context, beside those that a `.dockerignore` in the folder names.
   *
   * @default - none
   */
  readonly exclude?: string[];
}

/**
 * An image as the task definition takes it.
 *
 * @internal
 */
export interface BoundImage {
  readonly image: ContainerImage;
  readonly cpuArchitecture: CpuArchitecture;
  /** The user that an image of ours is made for. */
  readonly user?: string;
}

/** The numeric user of the images that are built here: a name could not be checked by ECS before the container starts. */
export const IMAGE_USER = '10001:10001';

type Bind = (scope: Construct, id: string, server: WsgiServer, port: number) => Omit<BoundImage, 'cpuArchitecture'>;

/** The image of the app: built from its source, built from a Dockerfile, or taken from a repository. */
export class FlaskImage {
  /**
   * Build the image from the source of the app, with no Dockerfile of yours: dependencies from `uv.lock` or `requirements.txt`, in a stage of
   * their own; a numeric user that is not root; the WSGI server of the service installed where the requirements lack it. The image is built
   * anew when a file of the app changes, and only then.
   *
   * @param directory the folder of the app, relative to the working directory of `cdk`
   * @param options the WSGI callable, the version of Python and more
   */
  public static fromSource(directory: string, options: FlaskSourceOptions = {}): FlaskImage {
    const { wsgiApp = 'app:app', pythonVersion = '3.13' } = options;
    requirePattern('wsgiApp', wsgiApp, /^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?$/, "'module:name' or 'module:factory()'");
    requirePattern('pythonVersion', pythonVersion, /^3\.\d+(\.\d+)?$/, "a version such as '3.13' or '3.12.7'");
    for (const name of options.systemPackages ?? []) {
      requirePattern('a system package', name, /^[a-z0-9][a-z0-9+.:=~-]*$/, "the name of a Debian package such as 'libpq5'");
    }
    for (const name of Object.keys(options.buildArgs ?? {})) {
      requirePattern('the name of a build argument', name, /^[A-Za-z_]\w*$/, "a variable name such as 'PIP_INDEX_URL'");
    }
    if (Token.isUnresolved(options.baseImage)) {
      fail('baseImage must be known at synth, for it is written into the Dockerfile, got a token; give the name of the image as text');
    }
    if (/\.py:/.test(wsgiApp)) {
      fail(`wsgiApp names a module and not a file, got '${wsgiApp}'; leave out .py: '${wsgiApp.replace('.py:', ':')}'`);
    }
    requireSource(directory, wsgiApp);
    return new FlaskImage(options, (scope, id, server, port) => {
      const bundle = new SourceBundle(directory, {
        ...options,
        wsgiApp,
        baseImage: options.baseImage ?? `public.ecr.aws/docker/library/python:${pythonVersion}-slim`,
        server,
        port,
        user: IMAGE_USER,
      });
      try {
        const asset = new DockerImageAsset(scope, id, {
          directory: bundle.directory,
          buildArgs: options.buildArgs && sorted(options.buildArgs),
          platform: platformOf(options.cpuArchitecture),
        });
        return { image: ContainerImage.fromDockerImageAsset(asset), user: IMAGE_USER };
      } finally {
        // the asset has copied it into the cloud assembly
        bundle.remove();
      }
    });
  }

  /**
   * Build the image from a Dockerfile of yours. Its CMD starts the server: in exec form and without flags, it is told all by environment
   * variables.
   *
   * @param directory the build context, relative to the working directory of `cdk`
   * @param options the Dockerfile, its stage and arguments
   */
  public static fromDockerfile(directory: string, options: FlaskDockerfileOptions = {}): FlaskImage {
    const file = options.file ?? 'Dockerfile';
    if (!fs.existsSync(directory) || !fs.statSync(directory).isDirectory()) {
      fail(
        `the folder of the image does not exist, got '${directory}' (${path.resolve(directory)}); give the path relative to where cdk runs`,
      );
    }
    if (!fs.existsSync(path.join(directory, file))) {
      fail(
        `the folder '${directory}' has no '${file}'; name the Dockerfile by the option file, or use FlaskImage.fromSource(), which needs none`,
      );
    }
    return new FlaskImage(options, (scope, id) => ({
      image: ContainerImage.fromDockerImageAsset(
        new DockerImageAsset(scope, id, {
          directory,
          file: options.file,
          target: options.target,
          buildArgs: options.buildArgs && sorted(options.buildArgs),
          exclude: options.exclude,
          platform: platformOf(options.cpuArchitecture),
        }),
      ),
    }));
  }

  /**
   * Take the image from an Amazon ECR repository.
   *
   * @param repository a `FlaskRepository`, or any other
   * @param tagOrDigest a tag that is never moved, such as a commit, or a digest `sha256:…`; with `latest` a new push does not deploy
   * @param options the processor that the image is for
   */
  public static fromRepository(repository: IRepository, tagOrDigest: string, options: FlaskImageOptions = {}): FlaskImage {
    requirePattern(
      'the tag or digest',
      tagOrDigest,
      /^(sha256:[0-9a-f]{64}|\w[\w.-]{0,127})$/,
      "a tag such as '1.4.2' or a digest 'sha256:…' of 64 hexadecimal digits",
    );
    return new FlaskImage(options, (scope) => {
      if (tagOrDigest === 'latest') {
        warn(
          scope,
          WARNINGS.MUTABLE_TAG,
          "the image has the tag 'latest': a new push changes nothing in the template and so is not deployed, and a rollback has nothing to go back to; tag each push, with the commit for example",
        );
      }
      if (isNewIn(repository, Stack.of(scope))) {
        warn(
          scope,
          WARNINGS.REPOSITORY_IN_SAME_STACK,
          `the repository ${repository.node.path} is made by the same stack as the service: at the first deployment it is empty, and the service cannot start; deploy with FlaskImage.fromEmptyRepository() first and push an image then, or use FlaskImage.fromSource()`,
        );
      }
      return { image: ContainerImage.fromEcrRepository(repository, tagOrDigest) };
    });
  }

  /**
   * For the first deployment of a service together with its repository: all is made and nothing runs, for there is no image yet. The service
   * and its workers have no tasks, schedules are off, release tasks do not run. Then push an image, and deploy with its tag.
   *
   * `tag ? FlaskImage.fromRepository(repository, tag) : FlaskImage.fromEmptyRepository(repository)`, with the tag of the context: `cdk deploy`, a push,
   * `cdk deploy -c tag=1.0.0`.
   *
   * @param repository a `FlaskRepository`, or any other; its outputs are the commands that push an image
   * @param options the processor that the image will be for
   */
  public static fromEmptyRepository(repository: IRepository, options: FlaskImageOptions = {}): FlaskImage {
    const bind: Bind = (scope) => {
      warn(
        scope,
        WARNINGS.EMPTY_REPOSITORY,
        `nothing runs, for the repository ${repository.node.path} has no image yet: push one, and deploy with FlaskImage.fromRepository() and its tag`,
      );
      return { image: ContainerImage.fromEcrRepository(repository, 'awaited') };
    };
    return new FlaskImage(options, bind, true);
  }

  /**
   * Take any other image: of another registry, or one that another construct makes. Nothing of it can be checked here.
   *
   * @param image the image
   * @param options the processor that the image is for
   */
  public static fromContainerImage(image: ContainerImage, options: FlaskImageOptions = {}): FlaskImage {
    return new FlaskImage(options, (scope) => {
      // what the CDK knows of the asset is private to it
      if (image instanceof AssetImage && !(image as unknown as { readonly props?: { readonly platform?: Platform } }).props?.platform) {
        const wanted = (options.cpuArchitecture ?? CpuArchitecture.X86_64)._cpuArchitecture;
        warn(
          scope,
          WARNINGS.ARCHITECTURE_OF_GIVEN_IMAGE,
          `the image is an asset that names no platform, so it is built for the processor of the building machine, and the tasks run on ${wanted}: elsewhere they would fail with 'exec format error'; use FlaskImage.fromDockerfile(), which names it, or give the asset a platform`,
        );
      }
      return { image };
    });
  }

  private readonly cpuArchitecture: CpuArchitecture;

  private constructor(
    options: FlaskImageOptions,
    private readonly bind: Bind,
    /** @internal */
    public readonly _isAwaited: boolean = false,
  ) {
    this.cpuArchitecture = options.cpuArchitecture ?? CpuArchitecture.X86_64;
  }

  /** @internal */
  public _bind(scope: Construct, id: string, server: WsgiServer, port: number): BoundImage {
    return { ...this.bind(scope, id, server, port), cpuArchitecture: this.cpuArchitecture };
  }
}

/** Always named, so that an image built on an ARM machine is not an ARM image by chance. */
export function platformOf(architecture: CpuArchitecture = CpuArchitecture.X86_64): Platform {
  return architecture._cpuArchitecture === CpuArchitecture.ARM64._cpuArchitecture ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
}

/** Whether the stack makes the repository, as against refers to one that exists. */
function isNewIn(repository: IRepository, stack: Stack): boolean {
  return Stack.of(repository) === stack && repository.node.defaultChild !== undefined;
}
