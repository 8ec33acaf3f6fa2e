import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskRepository, FlaskStage } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskQuickstart', { description: 'The sample Flask service on ECS with Fargate' });
const stage = FlaskStage.ephemeral();

// the repository of the guide: its outputs are the four commands that push an image
const repository = new FlaskRepository(stack, 'Repository', { repositoryName: 'ecs-flask-app', stage });

// `-c tag=1.0.0` runs what was pushed there under that tag; without it, the image is built from the source
const tag: string | undefined = app.node.tryGetContext('tag');
const source = path.join(__dirname, '../../sample-app');

new FlaskFargateService(stack, 'Web', {
  image: tag
    ? FlaskImage.fromRepository(repository, tag)
    : FlaskImage.fromSource(source, { wsgiApp: 'app:create_app()', baseImage: app.node.tryGetContext('baseImage') }),
  stage,
  healthCheck: FlaskHealthCheck.path('/health'),
}).addTask('Report', { command: ['flask', 'report'] });
