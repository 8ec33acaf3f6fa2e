import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { AssetImage, ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Annotations, type App, CfnParameter, Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import {
  Capacity,
  Egress,
  FlaskDeployment,
  type FlaskFargateServiceProps,
  FlaskImage,
  FlaskRepository,
  FlaskStage,
  LoadBalancing,
  TaskScaling,
  WorkerScaling,
} from '../../src';
import { flaskApp } from '../util/flask-app';
import { idOf } from '../util/order';
import { adviceOf, containerOf, containersOf, expectError, only, service, statementsOf, testApp, testStack } from '../util/test-stack';

const DOCKERFILE = { Dockerfile: 'FROM scratch\nCMD ["gunicorn", "app:app"]\n', 'app.py': '' };
const ARM64 = { cpuArchitecture: CpuArchitecture.ARM64 };

function adviceOn(image: FlaskImage, stack = testStack()) {
  service(stack, { image });
  return adviceOf(stack);
}

/** The image assets of the app, as the CLI builds them. */
function assetsOf(stack: Stack) {
  const assembly = (stack.node.root as App).synth();
  const manifest = assembly.artifacts.find(({ manifest: { type } }) => type === 'cdk:asset-manifest') as unknown as {
    contents: { dockerImages?: { [hash: string]: { source: { [key: string]: unknown } } } };
  };
  return Object.values(manifest.contents.dockerImages ?? {}).map(({ source }) => source);
}

describe('from a Dockerfile', () => {
  test('builds the Dockerfile of the folder for x86, and leaves the user to it', () => {
    const stack = testStack();
    service(stack, { image: FlaskImage.fromDockerfile(flaskApp(DOCKERFILE)) });
    const template = Template.fromStack(stack);
    expect(assetsOf(stack)).toEqual([{ directory: expect.stringMatching(/^asset\.[0-9a-f]{64}$/), platform: 'linux/amd64' }]);
    expect(containerOf(template)).not.toHaveProperty('User');
    expect(only(template, 'AWS::ECS::TaskDefinition').Properties.RuntimePlatform).toEqual({
      CpuArchitecture: 'X86_64',
      OperatingSystemFamily: 'LINUX',
    });
  });

  test('takes every option', () => {
    const stack = testStack();
    const image = FlaskImage.fromDockerfile(flaskApp({ 'deploy/web.Dockerfile': 'FROM scratch AS web\n', 'secret.txt': 'no' }), {
      file: 'deploy/web.Dockerfile',
      target: 'web',
      buildArgs: { A: '1' },
      exclude: ['secret.txt'],
      ...ARM64,
    });
    service(stack, { image });
    expect(assetsOf(stack)).toEqual([
      {
        directory: expect.any(String),
        dockerFile: 'deploy/web.Dockerfile',
        dockerBuildTarget: 'web',
        dockerBuildArgs: { A: '1' },
        platform: 'linux/arm64',
      },
    ]);
    const [{ directory }] = assetsOf(stack);
    expect(fs.readdirSync(path.join((stack.node.root as App).outdir, `${directory}`))).toEqual(['deploy']);
    expect(only(Template.fromStack(stack), 'AWS::ECS::TaskDefinition').Properties.RuntimePlatform).toEqual({
      CpuArchitecture: 'ARM64',
      OperatingSystemFamily: 'LINUX',
    });
  });

  test('is built anew when a build argument changes, and not when they come in another order', () => {
    const source = flaskApp(DOCKERFILE);
    const imageOf = (buildArgs: { [key: string]: string }) => {
      const stack = testStack();
      service(stack, { image: FlaskImage.fromDockerfile(source, { buildArgs }) });
      return containerOf(Template.fromStack(stack)).Image;
    };
    const image = imageOf({ A: '1', B: '2' });
    expect(imageOf({ B: '2', A: '1' })).toEqual(image);
    expect(imageOf({ A: '1', B: '3' })).not.toEqual(image);
  });

  test('names the folder that is missing', () => {
    expectError(
      () => FlaskImage.fromDockerfile('no/such/folder'),
      `the folder of the app does not exist, got 'no/such/folder' (${path.resolve('no/such/folder')}); give an absolute path, or one relative to where cdk runs or to the folder of cdk.json: a test runner or an IDE may run elsewhere`,
    );
  });

  test('names a folder that is a file', () => {
    const file = path.join(flaskApp(DOCKERFILE), 'Dockerfile');
    expectError(() => FlaskImage.fromDockerfile(file), `the folder of the app is a file, got '${file}'; give the folder that it is in`);
  });

  test.each([undefined, 'web.Dockerfile', '', '.', 'x'.repeat(300)])('names the Dockerfile that is missing (%p)', (file) => {
    const directory = flaskApp();
    expectError(
      () => FlaskImage.fromDockerfile(directory, { file }),
      `the folder '${directory}' has no '${file ?? 'Dockerfile'}'; name the Dockerfile by the option file, or use FlaskImage.fromSource(), which needs no Dockerfile`,
    );
  });
});

describe('from a repository', () => {
  const repositoryIn = (stack: Stack) => Repository.fromRepositoryName(stack, 'Repository', 'flask');
  const HEX = '0123456789abcdef'.repeat(4);

  test('takes a tag, and may pull from that repository', () => {
    const stack = testStack();
    const web = service(stack, { image: FlaskImage.fromRepository(repositoryIn(stack), '1.4.2', ARM64) });
    const template = Template.fromStack(stack);
    expect(JSON.stringify(containerOf(template).Image)).toContain('/flask:1.4.2');
    expect(JSON.stringify(statementsOf(template, web.executionRole))).toContain(':repository/flask');
    expect(only(template, 'AWS::ECS::TaskDefinition').Properties.RuntimePlatform).toMatchObject({ CpuArchitecture: 'ARM64' });
    expect(containerOf(template)).not.toHaveProperty('User');
  });

  test('takes a digest', () => {
    const stack = testStack();
    service(stack, { image: FlaskImage.fromRepository(repositoryIn(stack), `sha256:${HEX}`) });
    expect(JSON.stringify(containerOf(Template.fromStack(stack)).Image)).toContain(`/flask@sha256:${HEX}`);
  });

  test('takes a tag that is known at deployment only', () => {
    const stack = testStack();
    const tag = new CfnParameter(stack, 'Tag').valueAsString;
    service(stack, { image: FlaskImage.fromRepository(repositoryIn(stack), tag) });
    expect(JSON.stringify(containerOf(Template.fromStack(stack)).Image)).toContain('{"Ref":"Tag"}');
  });

  test.each([
    'two words',
    ' 1.0',
    '1.0\n',
    'flask:1',
    '$TAG',
    '<none>',
    `SHA256:${HEX}`,
    `sha256:${HEX.slice(1)}`,
    '.dot',
    '-dash',
    'a'.repeat(129),
    'sha256:abc',
    `sha256:${HEX}0`,
    `sha256:${HEX.toUpperCase()}`,
  ])('refuses the tag or digest %p', (tag) => {
    expectError(
      () => FlaskImage.fromRepository(repositoryIn(testStack()), tag),
      `the tag or digest must be a tag such as '1.4.2' or a digest 'sha256:…' of 64 hexadecimal digits, got '${tag}'`,
    );
  });

  test.each(['1', '_', 'a'.repeat(128), 'v1.4.2-rc_1'])('takes the tag %p', (tag) => {
    expect(() => FlaskImage.fromRepository(repositoryIn(testStack()), tag)).not.toThrow();
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['', "''"],
    [' ', "' '"],
    ['undefined', "'undefined'"],
    ['null', "'null'"],
    // what the AWS CLI prints with --output text
    ['None', "'None'"],
    ['nil', "'nil'"],
    ['NaN', "'NaN'"],
  ])('refuses a tag by omission: %p', (tag, shown) => {
    expectError(
      () => FlaskImage.fromRepository(repositoryIn(testStack()), tag as unknown as string),
      `the tag or digest of the image is missing, got ${shown}; give that of an image that was pushed (cdk deploy -c tag=1.4.2); if none was pushed yet, use FlaskImage.fromEmptyRepository() for the first deployment, under a context key of its own`,
    );
  });

  test.each([
    [7, '7'],
    [1.1, '1.1'],
    [true, 'true'],
    [['1.0'], '["1.0"]'],
    [{ tag: '1.0' }, '{"tag":"1.0"}'],
  ])('refuses a tag that is no text: %p', (tag, shown) => {
    expectError(
      () => FlaskImage.fromRepository(repositoryIn(testStack()), tag as unknown as string),
      `the tag or digest of the image must be a text, got ${shown}; write it in quotes: '1.10' is another tag than 1.1`,
    );
  });

  test.each([undefined, true])('refuses a digest with its repository, isDigest %p', (isDigest) => {
    const digest = `sha256:${HEX}`;
    expectError(
      () => FlaskImage.fromRepository(repositoryIn(testStack()), `shop@${digest}`, { isDigest }),
      `the digest has the name of its repository before it, got 'shop@${digest}'; give what comes after the @: '${digest}'`,
    );
  });

  test('takes a digest that is known at deployment only, where an option says so', () => {
    const stack = testStack();
    const digest = new CfnParameter(stack, 'Digest').valueAsString;
    const web = service(stack, { image: FlaskImage.fromRepository(repositoryIn(stack), digest, { isDigest: true }) });
    const template = Template.fromStack(stack);
    expect(JSON.stringify(containerOf(template).Image)).toContain('/flask@",{"Ref":"Digest"}');
    expect(JSON.stringify(statementsOf(template, web.executionRole))).toContain(':repository/flask');
    expect(adviceOf(stack)).toEqual([]);
  });

  test('refuses a digest that is none', () => {
    expectError(
      () => FlaskImage.fromRepository(repositoryIn(testStack()), '1.4.2', { isDigest: true }),
      "the digest must be 'sha256:…' of 64 hexadecimal digits, as isDigest says, got '1.4.2'",
    );
  });

  test.each([
    [undefined, 1],
    [false, 0],
  ])('advises on a tag that is known at deployment only, isDigest %p', (isDigest, count) => {
    const stack = testStack();
    const tag = new CfnParameter(stack, 'Tag').valueAsString;
    const advice = adviceOn(FlaskImage.fromRepository(repositoryIn(stack), tag, { isDigest }), stack);
    expect(advice.map(({ id, text }) => [id, text])).toEqual(
      Array(count).fill([
        'cdk-flask-fargate:tagOrDigest',
        'the tag of the image is known at deployment only and is treated as a tag, so a digest could not be pulled; set isDigest to true or false',
      ]),
    );
  });

  const MOVED =
    'main master mainline trunk dev develop staging prod production stable edge nightly release beta rc lts uat preprod HEAD Latest';
  test.each([...MOVED.split(' '), 'main-latest', 'latest-slim', '1.5-SNAPSHOT', 'nightly_arm64'])(
    'advises on the tag %s, which is moved by habit',
    (tag) => {
      const stack = testStack();
      expect(adviceOn(FlaskImage.fromRepository(repositoryIn(stack), tag), stack).map(({ id }) => id)).toEqual([
        'cdk-flask-fargate:mutableTag',
      ]);
    },
  );

  // a build is counted so, and a release is named so
  test.each(['1', '1.2', 'v1', 'v1.2.3', 'pr-1', '20261127', 'latestnews', 'main-4f2a91c'])('has no advice on the tag %s', (tag) => {
    const stack = testStack();
    expect(adviceOn(FlaskImage.fromRepository(repositoryIn(stack), tag), stack)).toEqual([]);
  });

  test('advises on the tag latest', () => {
    const stack = testStack();
    expect(adviceOn(FlaskImage.fromRepository(repositoryIn(stack), 'latest'), stack)).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:mutableTag',
        text: "the image has the tag 'latest': a new push under it does not change the template, so it is not deployed, and a rollback has no older image; give each push its own tag, such as the commit",
      },
    ]);
  });

  test('has no advice on a repository that exists, that the same stack makes, or another', () => {
    const stack = testStack();
    expect(adviceOn(FlaskImage.fromRepository(repositoryIn(stack), '1'), stack)).toEqual([]);
    const own = testStack();
    expect(adviceOn(FlaskImage.fromRepository(new FlaskRepository(own, 'Repository'), '1'), own)).toEqual([]);
    const app = testApp();
    const repository = new FlaskRepository(new Stack(app, 'Registry'), 'Repository', { stage: FlaskStage.ephemeral() });
    expect(adviceOn(FlaskImage.fromRepository(repository, '1'), new Stack(app, 'Service'))).toEqual([]);
  });
});

describe('from a repository that is empty', () => {
  type Props = Partial<FlaskFargateServiceProps>;

  /** A service with a process of each kind; `tag` is that of the image, once there is one. */
  function setup(props: Props = {}, tag?: string) {
    const stack = testStack();
    const repository = new FlaskRepository(stack, 'Repository');
    const image = tag ? FlaskImage.fromRepository(repository, tag) : FlaskImage.fromEmptyRepository(repository);
    const web = service(stack, { ...props, image });
    const worker = web.addWorker('Celery', { command: ['celery'], scaling: WorkerScaling.onCpu({ min: 1, max: 4 }) });
    const release = web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
    const schedule = ScheduleExpression.rate(Duration.hours(1));
    const nightly = web.addScheduledTask('Nightly', { command: ['true'], schedule, enabled: true });
    return { stack, repository, web, worker, release, nightly, template: Template.fromStack(stack) };
  }

  test('is the first deployment: everything is made, and nothing runs', () => {
    const { template } = setup({ scaling: TaskScaling.between({ min: 2, max: 10 }) });
    const services = Object.values(template.findResources('AWS::ECS::Service')).map(({ Properties }) => Properties);
    expect(services.map(({ DesiredCount }) => DesiredCount)).toEqual([0, 0]);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
    expect(only(template, 'AWS::Scheduler::Schedule').Properties).toMatchObject({ State: 'DISABLED' });
    template.resourceCountIs('Custom::FlaskReleaseTask', 0);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    // what the tasks will need is there: the next deployment is short
    template.resourceCountIs('AWS::ECS::TaskDefinition', 4);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 1);
  });

  test('has the tag of no image, in that repository, which the tasks may pull from', () => {
    const { stack, template, repository, web } = setup();
    for (const { Image } of containersOf(template) as { Image: object }[]) {
      expect(JSON.stringify(Image)).toContain(`${JSON.stringify(stack.resolve(repository.repositoryName))},":awaited"`);
    }
    expect(statementsOf(template, web.executionRole)).toContainEqual(
      expect.objectContaining({ Resource: stack.resolve(repository.repositoryArn) }),
    );
  });

  test('says so, and no more', () => {
    const { stack } = setup();
    expect(adviceOf(stack)).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:emptyRepository',
        text: 'nothing runs, because the repository Test/Repository has no image yet; push one, and deploy with FlaskImage.fromRepository() and its tag',
      },
    ]);
    Annotations.of(stack).acknowledgeWarning('cdk-flask-fargate:emptyRepository');
    expect(adviceOf(stack)).toEqual([]);
  });

  test('takes the processor that the image will be for', () => {
    const stack = testStack();
    service(stack, { image: FlaskImage.fromEmptyRepository(new FlaskRepository(stack, 'Repository'), ARM64) });
    const { RuntimePlatform } = only(Template.fromStack(stack), 'AWS::ECS::TaskDefinition').Properties;
    expect(RuntimePlatform).toMatchObject({ CpuArchitecture: 'ARM64' });
  });

  test('takes a repository of another stack', () => {
    const app = testApp();
    const repository = new FlaskRepository(new Stack(app, 'Registry'), 'Repository');
    service(new Stack(app, 'Test'), { image: FlaskImage.fromEmptyRepository(repository) });
    expect(() => app.synth()).not.toThrow();
  });

  test('the next deployment makes services in the place of those without tasks, and leaves the rest as it is', () => {
    const { template: first, web, worker } = setup();
    const { template: after } = setup({}, '1.0.0');
    const idsIn = (template: Template) => Object.keys((template.toJSON() as { Resources: object }).Resources);
    const gone = idsIn(first).filter((id) => !idsIn(after).includes(id));
    expect(gone.sort()).toEqual([idOf(web.service), idOf(worker.service)].sort());
    expect(Object.keys(first.findResources('AWS::ECS::Service')).sort()).toEqual(gone);
    const services = Object.values(after.findResources('AWS::ECS::Service')).map(({ Properties }) => Properties);
    // the count is left to the scaling
    expect(services.map(({ DesiredCount }) => DesiredCount)).toEqual([undefined, undefined]);
    after.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 2);
    after.resourceCountIs('Custom::FlaskReleaseTask', 1);
    expect(only(after, 'AWS::Scheduler::Schedule').Properties).toMatchObject({ State: 'ENABLED' });
  });

  test('a load balancer serves one of the two services at a time', () => {
    const balancedIn = (template: Template) =>
      Object.values(template.findResources('AWS::ECS::Service')).filter(({ Properties }) => (Properties.LoadBalancers ?? []).length > 0);
    const { template } = setup();
    expect(balancedIn(template)).toEqual([]);
    // ECS takes the grace period of a service with a load balancer alone
    expect(JSON.stringify(template.findResources('AWS::ECS::Service'))).not.toContain('HealthCheckGracePeriodSeconds');
    expect(balancedIn(setup({}, '1.0.0').template)).toHaveLength(1);
  });

  test.each([
    ['a deployment that shifts traffic', { deployment: FlaskDeployment.blueGreen() }],
    ['no load balancer', { loadBalancing: LoadBalancing.none() }],
    ['alarms and a dashboard', { monitoring: {} }],
    ['Spot', { capacity: Capacity.spot() }],
    ['the ephemeral stage', { stage: FlaskStage.ephemeral() }],
    ['isolated subnets', { egress: Egress.vpcEndpoints() }],
  ] as [string, Props][])('is taken with %s', (_, props) => {
    const { template } = setup(props);
    const services = Object.values(template.findResources('AWS::ECS::Service')).map(({ Properties }) => Properties);
    expect(services.map(({ DesiredCount }) => DesiredCount)).toEqual([0, 0]);
  });
});

describe('from a container image', () => {
  test('takes an image of another registry as it is', () => {
    const stack = testStack();
    service(stack, { image: FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/flask:1'), ARM64) });
    const template = Template.fromStack(stack);
    expect(containerOf(template).Image).toBe('example.com/flask:1');
    expect(containerOf(template)).not.toHaveProperty('User');
    expect(only(template, 'AWS::ECS::TaskDefinition').Properties.RuntimePlatform).toMatchObject({ CpuArchitecture: 'ARM64' });
  });

  test.each([
    [undefined, 'X86_64'],
    [CpuArchitecture.ARM64, 'ARM64'],
  ])('advises on an asset that names no platform (%p)', (cpuArchitecture, name) => {
    const image = FlaskImage.fromContainerImage(new AssetImage(flaskApp(DOCKERFILE)), { cpuArchitecture });
    expect(adviceOn(image)).toEqual([
      {
        path: '/Test/Web',
        id: 'cdk-flask-fargate:architectureOfGivenImage',
        text: `the image is an asset that names no platform, so it is built for the processor of the building machine, and the tasks run on ${name}: if those differ, the tasks fail with 'exec format error'; use FlaskImage.fromDockerfile(), which names it, or give the asset a platform`,
      },
    ]);
  });

  test('has no advice on one that names it, nor on other images', () => {
    const directory = flaskApp(DOCKERFILE);
    expect(adviceOn(FlaskImage.fromContainerImage(ContainerImage.fromAsset(directory, { platform: Platform.LINUX_AMD64 })))).toEqual([]);
    const stack = testStack();
    const asset = new DockerImageAsset(stack, 'Asset', { directory, platform: Platform.LINUX_AMD64 });
    expect(adviceOn(FlaskImage.fromContainerImage(ContainerImage.fromDockerImageAsset(asset)), stack)).toEqual([]);
  });
});

test.each([
  [
    'cdk-flask-fargate:mutableTag',
    (stack: Stack) => FlaskImage.fromRepository(Repository.fromRepositoryName(stack, 'R', 'flask'), 'latest'),
  ],
  ['cdk-flask-fargate:repositoryInSameStack', (stack: Stack) => FlaskImage.fromRepository(new FlaskRepository(stack, 'R'), '1')],
  ['cdk-flask-fargate:architectureOfGivenImage', () => FlaskImage.fromContainerImage(new AssetImage(flaskApp(DOCKERFILE)))],
])('the advice %s can be acknowledged', (id, image) => {
  const stack = testStack();
  service(stack, { image: image(stack) });
  Annotations.of(stack).acknowledgeWarning(id);
  expect(adviceOf(stack)).toEqual([]);
});

test('a base image that is known at deployment only cannot be written into a Dockerfile', () => {
  expectError(
    () => FlaskImage.fromSource(flaskApp(), { baseImage: Lazy.string({ produce: () => 'python' }) }),
    'baseImage must be known at synth, because it is written into the Dockerfile, got a token; give the name of the image as text',
  );
});
