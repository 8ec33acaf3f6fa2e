/** The three strategies that shift traffic. */
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { FlaskDeployment, FlaskFargateService, FlaskImage, FlaskStage, LoadBalancing, Tls } from 'cdk-flask-fargate';

const app = new App();
for (const { id, deployment } of [
  { id: 'BlueGreen', deployment: FlaskDeployment.blueGreen({ bakeTime: Duration.minutes(5), testPort: 8443 }) },
  { id: 'Linear', deployment: FlaskDeployment.linear({ stepPercent: 25, stepBakeTime: Duration.minutes(1) }) },
  { id: 'Canary', deployment: FlaskDeployment.canary({ canaryPercent: 10, canaryBakeTime: Duration.minutes(5) }) },
]) {
  const stack = new Stack(app, `Integ${id}`);
  new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromSource(path.join(__dirname, 'app')),
    stage: FlaskStage.ephemeral(),
    loadBalancing: LoadBalancing.internetFacing({ tls: Tls.disabled() }),
    deployment,
  });
}
