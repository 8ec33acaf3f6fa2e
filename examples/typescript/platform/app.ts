import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import {
  FlaskFargateService,
  FlaskHealthCheck,
  FlaskImage,
  FlaskPlatform,
  FlaskStage,
  type IFlaskPlatform,
  LoadBalancing,
  type PlatformServiceOptions,
} from 'cdk-flask-fargate';

const app = new App();
const platformStack = new Stack(app, 'FlaskPlatform', { description: 'What the Flask services of a team share' });
const platform = new FlaskPlatform(platformStack, 'Platform', {
  name: 'examples',
  stage: FlaskStage.ephemeral(),
  internalLoadBalancer: true,
});

function addService(
  stackId: string,
  id: string,
  on: (stack: Stack) => IFlaskPlatform,
  options: PlatformServiceOptions = {},
): FlaskFargateService {
  const stack = new Stack(app, stackId, { description: 'A Flask service on a platform' });
  return new FlaskFargateService(stack, id, {
    image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
    stage: FlaskStage.ephemeral(),
    healthCheck: FlaskHealthCheck.path('/health'),
    environment: { FLASK_SERVICE_NAME: id.toLowerCase(), FLASK_URL_PREFIX: `/${id.toLowerCase()}` },
    loadBalancing: LoadBalancing.onPlatform(on(stack), options),
  });
}

const shop = addService('FlaskShop', 'Shop', () => platform);
shop.discoverServices();
const orders = addService('FlaskOrders', 'Orders', () => platform, { internal: true });
orders.discoverableAs('orders');
addService('FlaskMailer', 'Mailer', () => platform, { route: false });
// as the app of another repository does it, which knows the name alone
addService('FlaskBlog', 'Blog', (stack) => FlaskPlatform.fromName(stack, 'Platform', 'examples'));
