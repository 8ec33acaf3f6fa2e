/** A platform, a service that joins it and a worker, as production has them. */
import { App, Stack } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { FlaskFargateService, FlaskImage, FlaskPlatform, LoadBalancing } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'Platform');
const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' });
const platform = new FlaskPlatform(stack, 'Platform', { name: 'production', zone, internalLoadBalancer: true });
new FlaskFargateService(new Stack(app, 'Shop'), 'Shop', {
  image: FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1')),
  loadBalancing: LoadBalancing.onPlatform(platform),
}).discoverableAs('shop');
