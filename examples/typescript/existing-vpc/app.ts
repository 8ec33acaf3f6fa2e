import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Peer, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, LoadBalancing, Tls } from 'cdk-flask-fargate';

const app = new App();

// what a platform team owns; in an account of yours it may be Vpc.fromLookup() and Cluster.fromClusterAttributes()
const platform = new Stack(app, 'FlaskPlatform', { description: 'The network and the cluster of all services' });
const vpc = new Vpc(platform, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
const cluster = new Cluster(platform, 'Cluster', { vpc });

const stack = new Stack(app, 'FlaskExistingVpc', { description: 'A Flask service for the company alone, in a VPC that is given' });
new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  cluster, // and with it its VPC; the tasks go to its private subnets
  healthCheck: FlaskHealthCheck.path('/health'),
  loadBalancing: LoadBalancing.internal({ tls: Tls.disabled(), allowFrom: [Peer.ipv4('10.0.0.0/8')] }),
});
