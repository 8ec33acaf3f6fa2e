/** Default parameters: the one line. */
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { FlaskFargateService, FlaskImage } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'IntegDefault');
new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource(path.join(__dirname, 'app')) });
