import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Egress, FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskStage, LoadBalancing } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskShared', { description: 'Two Flask services behind one load balancer' });

const vpc = new Vpc(stack, 'Vpc', {
  maxAzs: 2,
  natGateways: 0,
  restrictDefaultSecurityGroup: false,
  subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC }],
});
const cluster = new Cluster(stack, 'Cluster', { vpc });
const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true, dropInvalidHeaderFields: true });
const listener = loadBalancer.addListener('Http', {
  port: 80,
  defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'no such service' }),
});

const common = {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  stage: FlaskStage.ephemeral(),
  cluster,
  egress: Egress.publicIps(),
  healthCheck: FlaskHealthCheck.path('/health'),
};
new FlaskFargateService(stack, 'Shop', {
  ...common,
  environment: { FLASK_SERVICE_NAME: 'shop', FLASK_URL_PREFIX: '/shop' },
  loadBalancing: LoadBalancing.sharedListener(listener, { priority: 20, paths: ['/shop', '/shop/*'] }),
});
new FlaskFargateService(stack, 'Blog', {
  ...common,
  environment: { FLASK_SERVICE_NAME: 'blog', FLASK_URL_PREFIX: '/blog' },
  loadBalancing: LoadBalancing.sharedListener(listener, { priority: 30, paths: ['/blog', '/blog/*'] }),
});
