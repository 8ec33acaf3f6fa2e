import * as fs from 'node:fs';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { type App, Stack } from 'aws-cdk-lib/core';
import { FlaskImage, FlaskRepository, WsgiServer } from '../../src';
import { flaskApp } from '../util/flask-app';
import { expectError, service, testStack } from '../util/test-stack';

const folder = flaskApp();
const stackBeside = (stack: Stack) => new Stack(stack.node.root as App, 'Images');
const assetsOf = ({ node }: Stack) => fs.readdirSync((node.root as App).outdir).filter((name) => name.startsWith('asset.'));

describe('an image beside a service', () => {
  test('is the image of the service', () => {
    const stack = testStack();
    const image = FlaskImage.fromSource(folder);
    service(stack, { image });
    const asset = image.asDockerImageAsset(stackBeside(stack), 'Image');
    expect(assetsOf(stack)).toEqual([`asset.${asset.assetHash}`]);
  });

  test('takes what the service sets', () => {
    const stack = testStack();
    const image = FlaskImage.fromSource(folder);
    service(stack, { image, server: WsgiServer.granian(), port: 8080, hardening: { writablePaths: ['/app/b', '/app/a'] } });
    const options = { server: WsgiServer.granian(), port: 8080, writablePaths: ['/app/a', '/app/b'] };
    expect(assetsOf(stack)).toEqual([`asset.${image.asDockerImageAsset(stackBeside(stack), 'Image', options).assetHash}`]);
  });

  test('is another one by each of them', () => {
    const images = stackBeside(testStack());
    const image = FlaskImage.fromSource(folder);
    const all = [{}, { server: WsgiServer.granian() }, { port: 8080 }, { writablePaths: ['/app/instance'] }];
    const hashes = all.map((options, i) => image.asDockerImageAsset(images, `Image${i}`, options).assetHash);
    expect(new Set(hashes).size).toBe(all.length);
  });

  test('may have a Dockerfile', () => {
    const source = flaskApp();
    fs.writeFileSync(`${source}/Dockerfile`, 'FROM scratch\n');
    const stack = testStack();
    const image = FlaskImage.fromDockerfile(source);
    service(stack, { image });
    const asset = image.asDockerImageAsset(stackBeside(stack), 'Image');
    expect(assetsOf(stack)).toEqual([`asset.${asset.assetHash}`]);
  });

  test.each([1023, 65536])('has a port that a user may open: %d is none', (port) => {
    expectError(
      () => FlaskImage.fromSource(folder).asDockerImageAsset(testStack(), 'Image', { port }),
      `port must be a whole number from 1024 to 65535, got ${port}; the container runs as a user that is not root`,
    );
    for (const allowed of [1024, 65535]) {
      expect(() => FlaskImage.fromSource(folder).asDockerImageAsset(testStack(), 'Image', { port: allowed })).not.toThrow();
    }
  });

  test('is built, and not taken as it is', () => {
    const stack = testStack();
    const repository = Repository.fromRepositoryName(stack, 'Repository', 'shop');
    for (const image of [
      FlaskImage.fromRepository(repository, '1.0.0'),
      FlaskImage.fromEmptyRepository(new FlaskRepository(stack, 'Images')),
      FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1')),
    ]) {
      expectError(
        () => image.asDockerImageAsset(stack, 'Image'),
        'asDockerImageAsset() is for an image that is built here; use FlaskImage.fromSource() or FlaskImage.fromDockerfile()',
      );
    }
  });
});
