import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, LoadBalancing, Tls, WebAcl } from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskHardened', {
  description: 'A Flask service with everything that auditors ask for',
  env: { region: app.node.tryGetContext('region') ?? 'us-east-1' }, // access logs need a region that is known
});

const key = new Key(stack, 'Key', { enableKeyRotation: true, description: 'the logs and the alarms of the Flask service' });
key.grantEncryptDecrypt(new ServicePrincipal(`logs.${stack.region}.amazonaws.com`));
key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));

const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: app.node.tryGetContext('zoneId') ?? 'Z0123456789EXAMPLE',
  zoneName: app.node.tryGetContext('zoneName') ?? 'example.com',
});

const web = new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  healthCheck: FlaskHealthCheck.path('/health'),
  loadBalancing: LoadBalancing.internetFacing({
    tls: Tls.forDomain({ zone, recordName: 'vault' }),
    webAcl: WebAcl.managedRules({ logRequests: true }),
    connectionLogs: true,
  }),
  logging: { encryptionKey: key },
});
web.alarms.sendTo(new Topic(stack, 'Operators', { masterKey: key, enforceSSL: true }));
