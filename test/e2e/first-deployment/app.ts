/** A repository and a service that runs what is pushed to it, in one stack. */
import { App, Stack } from 'aws-cdk-lib';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskRepository, FlaskStage, TaskScaling } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskFirst');
const stage = FlaskStage.ephemeral();
const repository = new FlaskRepository(stack, 'Repository', { stage });
const isFirst = app.node.tryGetContext('first-deployment') === 'true';

const web = new FlaskFargateService(stack, 'Web', {
  image: isFirst ? FlaskImage.fromEmptyRepository(repository) : FlaskImage.fromRepository(repository, app.node.tryGetContext('tag')),
  stage,
  healthCheck: FlaskHealthCheck.path('/health'),
  // with bounds the template names no number of tasks
  scaling: TaskScaling.between({ min: 1, max: 2 }),
});
web.addReleaseTask('Report', { command: ['flask', 'report'] });
