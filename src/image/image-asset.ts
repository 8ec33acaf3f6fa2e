import * as fs from 'node:fs';
import * as path from 'node:path';
import { DockerImageAsset, type DockerImageAssetProps, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Stage, Token } from 'aws-cdk-lib/core';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import { slug } from '../private/names';
import { fail, requireKnownText, requirePattern, sorted } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import { lfsPointersIn } from './excluded-files';
import type { FlaskBuildOptions } from './flask-image-options';

/** The asset of an image that is built here. */
export function imageAsset(
  scope: Construct,
  id: string,
  directory: string,
  options: FlaskBuildOptions,
  more: Partial<DockerImageAssetProps> = {},
): DockerImageAsset {
  return new DockerImageAsset(scope, id, {
    directory,
    buildArgs: options.buildArgs && sorted(options.buildArgs),
    buildSecrets: options.buildSecrets && sorted(options.buildSecrets),
    cacheFrom: options.cacheFrom,
    cacheTo: options.cacheTo,
    networkMode: options.networkMode,
    assetName: options.assetName ?? assetNameOf(scope),
    platform: platformOf(options.cpuArchitecture),
    ...more,
  });
}

/** Always named, so that an image built on an ARM machine is not an ARM image by chance. */
export function platformOf(architecture: CpuArchitecture = CpuArchitecture.X86_64): Platform {
  return architecture._cpuArchitecture === CpuArchitecture.ARM64._cpuArchitecture ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
}

/** AppStagingSynthesizer makes a repository of this name. Without the stage: by another name CDK Pipelines builds the image once more for each. */
function assetNameOf(scope: Construct): string {
  const stage = Stage.of(scope)?.node.path;
  return slug(stage ? scope.node.path.slice(stage.length) : scope.node.path);
}

/** The output folder of the CDK. */
export function outdirOf(scope: Construct): string | undefined {
  return (Stage.isStage(scope.node.root) && scope.node.root.outdir) || undefined;
}

/** With --no-staging the CLI builds the source of an asset in its place, so it has to stay there. */
export function keptFolder(scope: Construct, id: string): string | undefined {
  const outdir = outdirOf(scope);
  if (!outdir || !scope.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT)) {
    return undefined;
  }
  const folder = path.resolve(outdir, `source.${slug(scope.node.path)}-${id.toLowerCase()}`);
  fs.rmSync(folder, { recursive: true, force: true });
  return folder;
}

/** The pointer of a file that git LFS has not fetched would be served in the place of the file. */
export function warnOfPointers(scope: Construct, source: string, directory: string): void {
  const pointers = lfsPointersIn(directory);
  if (pointers.length > 0) {
    warn(
      scope,
      WARNINGS.LFS_POINTERS,
      `${pointers.slice(0, 3).join(', ')}${pointers.length > 3 ? ` and ${pointers.length - 3} more` : ''} of '${source}' are pointers of git LFS, not the files; fetch them: git lfs pull`,
    );
  }
}

/** Checks the options of every image that is built here. */
export function requireBuildOptions(options: FlaskBuildOptions): void {
  for (const [name, value] of Object.entries(options.buildArgs ?? {})) {
    requireKnownText('the name of a build argument', name, 'PIP_INDEX_URL');
    requirePattern('the name of a build argument', name, /^[A-Za-z_]\w*$/, "a variable name such as 'PIP_INDEX_URL'");
    if (Token.isUnresolved(value)) {
      fail(
        `the build argument ${name} must be known at synth, because it is in the hash of the image and in its history, got a token; give it as text, or a secret by buildSecrets`,
      );
    }
  }
  for (const [name, value] of Object.entries(options.buildSecrets ?? {})) {
    if (Token.isUnresolved(name) || Token.isUnresolved(value)) {
      fail(
        `the build secret ${Token.isUnresolved(name) ? 'has a name that' : name} must be known at synth, got a token; give where the build finds it, DockerBuildSecret.fromSrc('pip.conf'), for example`,
      );
    }
  }
  requireKnownText('assetName', options.assetName, 'shop-web');
  requirePattern(
    'assetName',
    options.assetName,
    /^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/,
    "lower-case letters, digits and single separators, such as 'shop-web'",
  );
}
