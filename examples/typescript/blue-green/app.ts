import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { FlaskAlarm, FlaskDeployment, FlaskFargateService, FlaskHealthCheck, FlaskImage, LoadBalancing, Tls } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskCanary', {
  description: 'A Flask service whose new versions prove themselves on a tenth of the requests',
});

new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  healthCheck: FlaskHealthCheck.path('/health'),
  loadBalancing: LoadBalancing.internetFacing({ tls: Tls.disabled() }),
  deployment: FlaskDeployment.canary({
    canaryPercent: 10,
    canaryBakeTime: Duration.minutes(5),
    bakeTime: Duration.minutes(10),
    testPort: 8443,
  }),
  monitoring: {
    alarms: {
      stopDeploymentOn: [FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY],
      maxDeploymentErrorPercent: 2,
      maxDeploymentSlowPercent: 10,
    },
  },
});
