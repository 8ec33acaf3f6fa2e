/** Three services that get into trouble: one hangs, one crashes again and again, and one whose next version fails. */
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { FlaskDeployment, FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskStage, LoadBalancing, Tls } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskOnCall');
const topic = new Topic(stack, 'Operators', { enforceSSL: true });

const TROUBLES = { Hanging: 'hang', Crashing: 'crash', Canary: app.node.tryGetContext('canary') ?? 'none' };

for (const [id, trouble] of Object.entries(TROUBLES)) {
  const web = new FlaskFargateService(stack, id, {
    image: FlaskImage.fromSource(app.node.tryGetContext('source'), { wsgiApp: 'troubled:create_app()' }),
    stage: FlaskStage.ephemeral({ alarms: true }),
    healthCheck: FlaskHealthCheck.path('/health'),
    environment: { TROUBLE: trouble },
    loadBalancing: LoadBalancing.internetFacing({ tls: Tls.disabled() }),
    ...(id === 'Canary' ? { deployment: FlaskDeployment.canary() } : {}),
  });
  // less than the visitors wait, so that they see the 504 of the load balancer
  web.loadBalancer?.setAttribute('idle_timeout.timeout_seconds', '2');
  web.alarms.sendTo(topic);
}
