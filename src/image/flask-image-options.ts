import type { DockerCacheOption, NetworkMode } from 'aws-cdk-lib/aws-ecr-assets';
import type { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { WsgiServer } from '../application';

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

/** How an image is read from a repository. */
export interface FlaskRepositoryImageOptions extends FlaskImageOptions {
  /**
   * Whether the text is a digest and not a tag. Set it for a string that is known at deployment only, such as a parameter of AWS Systems Manager: a digest
   * in the place of a tag makes a name that cannot be pulled.
   *
   * @default - true for a text that starts with `sha256:`; false for a text that is known at deployment only, with a warning
   */
  readonly isDigest?: boolean;
}

/** What an image that is built outside a service must know about the services that will run it. */
export interface FlaskImageAssetOptions {
  /**
   * The server of the service. Its kind is in the image: the command, and the package where the dependencies lack it.
   *
   * @default - gunicorn
   */
  readonly server?: WsgiServer;

  /**
   * The port of the service, which the image exposes.
   *
   * @default 3000
   */
  readonly port?: number;

  /**
   * The `writablePaths` of the `hardening` of the service, which are made for its user.
   *
   * @default - none beside `/tmp`
   */
  readonly writablePaths?: string[];
}

/** What holds for every image that is built here. */
export interface FlaskBuildOptions extends FlaskImageOptions {
  /**
   * Files that stay out of the build context, in the form of a `.dockerignore`, beside those that a `.dockerignore` in the folder names.
   *
   * @default - none
   */
  readonly exclude?: string[];

  /**
   * Build arguments. Each is in the environment of the build stage and stays in its history, so secrets belong in `buildSecrets`. The names and
   * values must be known at synth: another value is another image.
   *
   * @default - none
   */
  readonly buildArgs?: { [key: string]: string };

  /**
   * Secrets of the build, such as the address of a private index with its password. They are mounted while the dependencies are installed, and are in no
   * layer. The values come from `DockerBuildSecret.fromSrc()`. For `fromSource` a key is the name of a variable (`PIP_INDEX_URL`,
   * `UV_INDEX_SHOP_PASSWORD`), or `pip.conf` or `netrc` for those files. They need BuildKit or podman.
   *
   * @default - none
   */
  readonly buildSecrets?: { [key: string]: string };

  /**
   * Where the engine finds the layers of earlier builds.
   *
   * @default - the engine's own cache
   */
  readonly cacheFrom?: DockerCacheOption[];

  /**
   * Where the engine puts the layers for later builds.
   *
   * @default - the engine's own cache
   */
  readonly cacheTo?: DockerCacheOption;

  /**
   * The network of the build.
   *
   * @default - the engine's own
   */
  readonly networkMode?: NetworkMode;

  /**
   * The name of the asset. `AppStagingSynthesizer` names a repository by it. It is not in the hash of the image.
   *
   * @default - the path of the construct within its `Stage`, in lower case, so that CDK Pipelines builds one image for all stages
   */
  readonly assetName?: string;
}

/**
 * How a folder with a Flask app becomes an image, without a Dockerfile. What the files of the project say needs no option, and an option always
 * wins over a file.
 */
export interface FlaskSourceOptions extends FlaskBuildOptions {
  /**
   * The WSGI callable: `module:name`, `module:factory()`, `module:factory("production")`, or an attribute such as `module:app.server`.
   *
   * @default - what a Procfile, gunicorn.conf.py or else the command of a Dockerfile starts, else FLASK_APP of .flaskenv, else as the `flask` command finds it: app, application, create_app() or make_app() of wsgi.py or app.py
   */
  readonly wsgiApp?: string;

  /**
   * The version of Python, for example `3.12`. Goes into the default base image.
   *
   * @default - what .python-version, runtime.txt, Pipfile or requires-python say; 3.14 where they say nothing: the newest that the usual packages have wheels for
   */
  readonly pythonVersion?: string;

  /**
   * The folder that the server starts in and that imports are relative to, within the folder of the app. In a workspace of uv the member.
   *
   * @default - the folder of the app, or the one below it that has the WSGI callable; a folder `src` is an import path and no working directory
   */
  readonly workingDirectory?: string;

  /**
   * The file that the dependencies are installed from, within the folder: a requirements file of any name, `uv.lock`, `poetry.lock`, `pdm.lock`,
   * `Pipfile.lock`, `pyproject.toml` or `setup.py`.
   *
   * @default - the lock file that exists, otherwise requirements.txt or requirements/prod.txt, otherwise Pipfile, pyproject.toml or setup.py
   */
  readonly dependencyFile?: string;

  /**
   * Groups of dependencies that are installed beside the main ones: groups of uv, Poetry and PDM, categories of Pipenv.
   *
   * @default - none; groups that a tool installs by default are for developers
   */
  readonly dependencyGroups?: string[];

  /**
   * Extras of the project that are installed.
   *
   * @default - none
   */
  readonly extras?: string[];

  /**
   * The version of uv, Poetry, Pipenv or PDM, which is in the build stage only. A fixed one lets two builds of one commit differ in less.
   *
   * @default - the newest
   */
  readonly installerVersion?: string;

  /**
   * The image to build on. It must have `python3` with the modules `venv` and `pip`, and `apt-get` where Debian packages are asked for. A digest fixes it,
   * `python:3.14-slim@sha256:…`, so that two builds of one commit have the same base, and its security updates come when you change the digest.
   *
   * @default - the slim Debian image of Python from the public gallery of Amazon ECR, which has no pull limit as Docker Hub has
   */
  readonly baseImage?: string;

  /**
   * Debian packages that the app needs to run, for example `libpq5`. They are in both stages.
   *
   * @default - what the dependencies are known to need (psycopg2, mysqlclient and a few more); none with your own base image
   */
  readonly systemPackages?: string[];

  /**
   * Debian packages that are needed to install the dependencies, for example `gcc`. They are in the build stage only.
   *
   * @default - what the dependencies are known to need, such as git for git requirements; none with your own base image
   */
  readonly buildPackages?: string[];

  /**
   * Files that go into the image though a `.dockerignore` or the list of what is left out by default names them, such as `static/node_modules` or `public`.
   * Secrets (`.env`, `instance`) and `.git` stay out all the same.
   *
   * @default - none
   */
  readonly include?: string[];

  /**
   * Whether downloads are kept between builds in a cache of the engine. It needs BuildKit, which Docker has by default since version 23, or podman 4;
   * `false` builds with older engines too.
   *
   * @default true
   */
  readonly cacheMounts?: boolean;
}

/** How a folder with a Dockerfile becomes an image. */
export interface FlaskDockerfileOptions extends FlaskBuildOptions {
  /**
   * The Dockerfile, relative to the folder and within it.
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
}
