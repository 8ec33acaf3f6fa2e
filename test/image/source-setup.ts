import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { App } from 'aws-cdk-lib/core';
import { FlaskImage, type FlaskSourceOptions, type HardeningOptions, type WsgiServer } from '../../src';
import { type Files, flaskApp, MINIMAL } from '../util/flask-app';
import { containerOf, service, testStack } from '../util/test-stack';

/** An image as it is staged for the CLI to build. */
export class Built {
  public readonly image: unknown;
  public readonly container: { [key: string]: unknown };
  public readonly directory: string;

  public constructor(source: string, options?: FlaskSourceOptions, server?: WsgiServer, port?: number, hardening?: HardeningOptions) {
    const stack = testStack();
    service(stack, { image: FlaskImage.fromSource(source, options), server, port, hardening });
    const template = Template.fromStack(stack);
    const { outdir } = stack.node.root as App;
    const [asset] = fs.readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    this.directory = path.join(outdir, asset);
    this.container = containerOf(template);
    this.image = this.container.Image;
  }

  public file(name: string): string {
    return fs.readFileSync(path.join(this.directory, name), 'utf-8');
  }

  public get files(): string[] {
    return (fs.readdirSync(this.directory, { recursive: true }) as string[])
      .filter((file) => fs.statSync(path.join(this.directory, file)).isFile())
      .sort();
  }
}

export const built = (
  files: Files = MINIMAL,
  options?: FlaskSourceOptions,
  server?: WsgiServer,
  port?: number,
  hardening?: HardeningOptions,
) => new Built(flaskApp(files), options, server, port, hardening);
