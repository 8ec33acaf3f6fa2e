import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';
import { FlaskFargateService, FlaskImage, FlaskRepository, FlaskSecretKey } from '../src';
import { flaskApp } from './util/flask-app';
import { service, testStack } from './util/test-stack';

/** The logical ids of a template, each with its type. */
function idsOf(template: Template): { [id: string]: string } {
  const { Resources } = template.toJSON() as { Resources: { [id: string]: { Type: string } } };
  return Object.fromEntries(Object.entries(Resources).map(([id, { Type }]) => [id, Type]));
}

/*
 * A logical id is a contract: CloudFormation replaces a resource whose id changes, and loses what is in it. A change here is a breaking
 * change of the library.
 */
test('the one-line service', () => {
  const stack = testStack();
  new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource(flaskApp()) });
  const template = Template.fromStack(stack);
  expect(idsOf(template)).toEqual({
    FlaskNetworkCluster9DF17F99: 'AWS::ECS::Cluster',
    FlaskNetworkFlowLogs133AB052: 'AWS::Logs::LogGroup',
    FlaskNetworkVpc982AEEEA: 'AWS::EC2::VPC',
    FlaskNetworkVpcDataSubnet1RouteTable54AF230D: 'AWS::EC2::RouteTable',
    FlaskNetworkVpcDataSubnet1RouteTableAssociation3519DC45: 'AWS::EC2::SubnetRouteTableAssociation',
    FlaskNetworkVpcDataSubnet1Subnet994B92BA: 'AWS::EC2::Subnet',
    FlaskNetworkVpcDataSubnet2RouteTable68C2CC63: 'AWS::EC2::RouteTable',
    FlaskNetworkVpcDataSubnet2RouteTableAssociation038188D0: 'AWS::EC2::SubnetRouteTableAssociation',
    FlaskNetworkVpcDataSubnet2Subnet9E5B1E19: 'AWS::EC2::Subnet',
    FlaskNetworkVpcDynamoDb8C77A336: 'AWS::EC2::VPCEndpoint',
    FlaskNetworkVpcFlowLog0082EE07: 'AWS::EC2::FlowLog',
    FlaskNetworkVpcFlowLogIAMRole540E6954: 'AWS::IAM::Role',
    FlaskNetworkVpcFlowLogIAMRoleDefaultPolicy3E4F06CE: 'AWS::IAM::Policy',
    FlaskNetworkVpcIGW071E3185: 'AWS::EC2::InternetGateway',
    FlaskNetworkVpcPublicSubnet1DefaultRouteA954856F: 'AWS::EC2::Route',
    FlaskNetworkVpcPublicSubnet1EIPA65630B8: 'AWS::EC2::EIP',
    FlaskNetworkVpcPublicSubnet1NATGateway9C0E16B6: 'AWS::EC2::NatGateway',
    FlaskNetworkVpcPublicSubnet1RouteTableAssociation5A5ACC58: 'AWS::EC2::SubnetRouteTableAssociation',
    FlaskNetworkVpcPublicSubnet1RouteTableBE8C86A3: 'AWS::EC2::RouteTable',
    FlaskNetworkVpcPublicSubnet1Subnet9607A163: 'AWS::EC2::Subnet',
    FlaskNetworkVpcPublicSubnet2DefaultRouteB81AC9AC: 'AWS::EC2::Route',
    FlaskNetworkVpcPublicSubnet2EIPFB7A2901: 'AWS::EC2::EIP',
    FlaskNetworkVpcPublicSubnet2NATGatewayFD2D4FD7: 'AWS::EC2::NatGateway',
    FlaskNetworkVpcPublicSubnet2RouteTableAssociation94E9B9C0: 'AWS::EC2::SubnetRouteTableAssociation',
    FlaskNetworkVpcPublicSubnet2RouteTableE7F1FA8D: 'AWS::EC2::RouteTable',
    FlaskNetworkVpcPublicSubnet2SubnetE955CAF3: 'AWS::EC2::Subnet',
    FlaskNetworkVpcS3B6F1714A: 'AWS::EC2::VPCEndpoint',
    FlaskNetworkVpcTasksSubnet1DefaultRoute4FDEBAFF: 'AWS::EC2::Route',
    FlaskNetworkVpcTasksSubnet1RouteTable80DE09B5: 'AWS::EC2::RouteTable',
    FlaskNetworkVpcTasksSubnet1RouteTableAssociation29C1F274: 'AWS::EC2::SubnetRouteTableAssociation',
    FlaskNetworkVpcTasksSubnet1Subnet66D5BEB4: 'AWS::EC2::Subnet',
    FlaskNetworkVpcTasksSubnet2DefaultRoute1C481FD9: 'AWS::EC2::Route',
    FlaskNetworkVpcTasksSubnet2RouteTable8F79A700: 'AWS::EC2::RouteTable',
    FlaskNetworkVpcTasksSubnet2RouteTableAssociationB537C3E0: 'AWS::EC2::SubnetRouteTableAssociation',
    FlaskNetworkVpcTasksSubnet2Subnet029535E2: 'AWS::EC2::Subnet',
    FlaskNetworkVpcVPCGW13DF5AD4: 'AWS::EC2::VPCGatewayAttachment',
    WebAlarmsDeploymentErrorsFCCCE11D: 'AWS::CloudWatch::Alarm',
    WebAlarmsDeploymentLatencyE3E8161E: 'AWS::CloudWatch::Alarm',
    WebAlarmsFailedDeployment35D3A036: 'AWS::CloudWatch::Alarm',
    WebAlarmsFailedDeploymentRule5298922C: 'AWS::Events::Rule',
    WebAlarmsFailedTaskRule99E602C1: 'AWS::Events::Rule',
    WebAlarmsFailedTasksB6E54C7A: 'AWS::CloudWatch::Alarm',
    WebAlarmsMemory5EAD4B57: 'AWS::CloudWatch::Alarm',
    WebAlarmsMissingTasks0F96BB2F: 'AWS::CloudWatch::Alarm',
    WebAlarmsServiceLevelDAEA900F: 'AWS::CloudWatch::Alarm',
    WebAlarmsSilentLog9AC914BC: 'AWS::CloudWatch::Alarm',
    WebAlarmsStuckDeploymentA07C0361: 'AWS::CloudWatch::Alarm',
    WebDashboard60E09F7D: 'AWS::CloudWatch::Dashboard',
    WebFrontEndLoadBalancer33E2B3BA: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    WebFrontEndLoadBalancerHttp02DF5332: 'AWS::ElasticLoadBalancingV2::Listener',
    WebFrontEndRuleBA286396: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    WebFrontEndSecurityGroup21AB7A39: 'AWS::EC2::SecurityGroup',
    WebFrontEndSecurityGrouptoTestWebSecurityGroup1A5E0F6630008D817EB9: 'AWS::EC2::SecurityGroupEgress',
    WebFrontEndTargetGroupF4C32425: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    WebLogsD9759FC4: 'AWS::Logs::LogGroup',
    WebProcessSecurityGroup738EE33A: 'AWS::EC2::SecurityGroup',
    WebQueriesByRoute9208FB6B: 'AWS::Logs::QueryDefinition',
    WebQueriesErrors1AA2EE9C: 'AWS::Logs::QueryDefinition',
    WebQueriesSlow18AAEC02: 'AWS::Logs::QueryDefinition',
    WebQueriesStoppedTasks08FCF87B: 'AWS::Logs::QueryDefinition',
    WebQueriesTrace1613981B: 'AWS::Logs::QueryDefinition',
    WebSecurityGroupF444D504: 'AWS::EC2::SecurityGroup',
    WebSecurityGroupfromTestWebFrontEndSecurityGroup5F07E59F300008644F56: 'AWS::EC2::SecurityGroupIngress',
    WebServiceD04B5F3E: 'AWS::ECS::Service',
    WebServiceEventsLogsB49F48AB: 'AWS::Logs::LogGroup',
    WebServiceEventsRule38C32CF9: 'AWS::Events::Rule',
    WebServiceTaskCountTargetCpu74594F48: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    WebServiceTaskCountTargetInFlightC02DB9A0: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    WebServiceTaskCountTargetF7BAB0BC: 'AWS::ApplicationAutoScaling::ScalableTarget',
    WebTaskDefinitionDC566067: 'AWS::ECS::TaskDefinition',
    WebTaskExecutionRoleDB11C676: 'AWS::IAM::Role',
    WebTaskExecutionRoleDefaultPolicyFFB6E763: 'AWS::IAM::Policy',
    WebTaskTaskRole6EAF6F2C: 'AWS::IAM::Role',
  });
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'WebClusterName',
    'WebDashboardUrl',
    'WebLogsCommand',
    'WebRollbackCommand',
    'WebRunOnceCommand',
    'WebRunTaskCommand',
    'WebServiceName',
    'WebTaskFamily',
    'WebUrl',
  ]);
});

test('a task', () => {
  const stack = testStack();
  const web = service(stack);
  const before = idsOf(Template.fromStack(stack));
  const other = testStack();
  service(other).addTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
  const added = Object.entries(idsOf(Template.fromStack(other))).filter(([id]) => !(id in before));
  expect(web.node.path).toBe('Test/Web');
  expect(Object.fromEntries(added)).toEqual({
    WebMigrateDefinition39C60F76: 'AWS::ECS::TaskDefinition',
  });
});

/** What a service has with an addition and lacks without it. */
function addedBy(add: (web: FlaskFargateService, stack: Stack) => void): { [id: string]: string } {
  const [without, withIt] = [() => {}, add].map((change) => {
    const stack = testStack();
    change(service(stack), stack);
    return idsOf(Template.fromStack(stack));
  });
  return Object.fromEntries(Object.entries(withIt).filter(([id]) => !(id in without)));
}

test('a worker', () => {
  expect(addedBy((web) => web.addWorker('Celery', { command: ['celery'] }))).toEqual({
    WebCeleryDefinition0298F03E: 'AWS::ECS::TaskDefinition',
    WebCeleryServiceC574E676: 'AWS::ECS::Service',
  });
});

test('a release task', () => {
  const added = addedBy((web) => web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] }));
  // the ids within the provider framework are of the CDK
  expect(Object.fromEntries(Object.entries(added).filter(([id]) => !/ReleaseTasksProvider/.test(id)))).toEqual({
    WebMigrateDefinition39C60F76: 'AWS::ECS::TaskDefinition',
    WebMigrateRun56CF7D83: 'Custom::FlaskReleaseTask',
    WebReleaseTasks53F0DAC6: 'AWS::IAM::Role',
    FlaskReleaseTasksCheckAA7A0F8E: 'AWS::Lambda::Function',
    FlaskReleaseTasksCompleteAndTimeoutServiceRole1DF107E2: 'AWS::IAM::Role',
    FlaskReleaseTasksCompleteAndTimeoutServiceRoleDefaultPolicy510E7A06: 'AWS::IAM::Policy',
    FlaskReleaseTasksLogs76B5843B: 'AWS::Logs::LogGroup',
    FlaskReleaseTasksOnEventServiceRole27B64A2C: 'AWS::IAM::Role',
    FlaskReleaseTasksOnEventServiceRoleDefaultPolicy853F5DCE: 'AWS::IAM::Policy',
    FlaskReleaseTasksRoleA58A7266: 'AWS::IAM::Role',
    FlaskReleaseTasksRoleDefaultPolicyF17CE176: 'AWS::IAM::Policy',
    FlaskReleaseTasksStart4878FD7D: 'AWS::Lambda::Function',
  });
});

test('a secret key that is rotated, and the restart of the service', () => {
  const added = addedBy((web, stack) => web.useSecretKey(new FlaskSecretKey(stack, 'Key')));
  // the id of the permission has a hash of what it permits
  expect(Object.fromEntries(Object.entries(added).filter(([, type]) => type !== 'AWS::Lambda::Permission'))).toEqual({
    KeyLogsE9FC1D41: 'AWS::Logs::LogGroup',
    KeyRotateE6B4DB23: 'AWS::Lambda::Function',
    KeyRotateServiceRole926379FD: 'AWS::IAM::Role',
    KeyRotateServiceRoleDefaultPolicy9B15800B: 'AWS::IAM::Policy',
    KeySecret4C0E54CF: 'AWS::SecretsManager::Secret',
    KeySecretPolicy58C23495: 'AWS::SecretsManager::ResourcePolicy',
    KeySecretRotation2693D71F: 'AWS::SecretsManager::RotationSchedule',
    FlaskRestartsStateMachine432E1326: 'AWS::StepFunctions::StateMachine',
    FlaskRestartsStateMachineEventsRole1B8058DE: 'AWS::IAM::Role',
    FlaskRestartsStateMachineEventsRoleDefaultPolicy7D98250E: 'AWS::IAM::Policy',
    FlaskRestartsStateMachineRole1DBB9D8F: 'AWS::IAM::Role',
    WebSecretRestartRight9B41A22C: 'AWS::IAM::Policy',
    WebSecretRestartKeySecretf1aafadeE2DC5FD0: 'AWS::Events::Rule',
  });
});

test('a repository', () => {
  const stack = testStack();
  new FlaskRepository(stack, 'Repository');
  expect(idsOf(Template.fromStack(stack))).toEqual({
    Repository22E53BBD: 'AWS::ECR::Repository',
  });
});
