import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { FlaskFargateService, FlaskImage } from 'cdk-flask-fargate';

new FlaskFargateService(new Stack(new App(), 'OneLine'), 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../examples/sample-app'), { wsgiApp: 'app:create_app()' }),
});
