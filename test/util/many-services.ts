/** As many services as one stack holds behind one load balancer, each with scaling by load. */
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { FlaskFargateService, FlaskImage, LoadBalancing } from 'cdk-flask-fargate';

const stack = new Stack(new App(), 'Many');
const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
const cluster = new Cluster(stack, 'Cluster', { vpc });
const listener = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true }).addListener('Http', {
  port: 80,
  defaultAction: ListenerAction.fixedResponse(404),
});
for (let i = 1; i <= 30; i++) {
  new FlaskFargateService(stack, `Web${i}`, {
    image: FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/flask:1')),
    cluster,
    loadBalancing: LoadBalancing.sharedListener(listener, { hosts: [`web${i}.example.com`], priority: i }),
    monitoring: { alarms: { enabled: false }, dashboard: false, serviceEvents: false },
    outputs: false,
  });
}
