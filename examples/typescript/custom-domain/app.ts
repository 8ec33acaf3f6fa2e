import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, LoadBalancing, Tls } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskCustomDomain', { description: 'A Flask service with HTTPS and a name of its own' });

// `-c zoneId=Z… -c zoneName=your.domain`: a public hosted zone of yours
const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: app.node.tryGetContext('zoneId') ?? 'Z0123456789EXAMPLE',
  zoneName: app.node.tryGetContext('zoneName') ?? 'example.com',
});

new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  healthCheck: FlaskHealthCheck.path('/health'),
  loadBalancing: LoadBalancing.internetFacing({ tls: Tls.forDomain({ zone, recordName: 'shop' }) }),
});
