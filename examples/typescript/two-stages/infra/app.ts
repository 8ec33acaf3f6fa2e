import { App } from 'aws-cdk-lib';
import { FlaskStage } from 'cdk-flask-fargate';
import { ShopStack } from './shop-stack';

const app = new App();
new ShopStack(app, 'FlaskStaging', {
  description: 'The shop, in staging',
  stage: FlaskStage.development(),
  greeting: 'Hello from staging',
});
new ShopStack(app, 'FlaskProduction', {
  description: 'The shop, in production',
  stage: FlaskStage.production(),
  greeting: 'Hello from production',
  alarmEmail: 'operators@example.com',
});
