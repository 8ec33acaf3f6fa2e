import { NOTHING, type RuleCase, ref, resource, securityGroup, service, subnet, template } from './parts';

export const NETWORK_CASES: readonly RuleCase[] = [
  {
    // aws-cdk#28369: the name of a subnet group changes, its CIDRs stay
    rule: 'subnets of a VPC do not overlap',
    refused: [template({ Tasks1: subnet('10.0.2.0/24') }), template({ Data1: subnet('10.0.2.128/25') })],
    accepted: [template({ Tasks1: subnet('10.0.2.0/24') }), template({ Data1: subnet('10.0.3.0/24') })],
  },
  {
    rule: 'a security group in use',
    refused: [template({ TaskGroup: securityGroup(), Web: service({}, { DeletionPolicy: 'Retain' }) }), NOTHING],
    accepted: [template({ TaskGroup: securityGroup(), Web: service() }), NOTHING],
  },
  {
    rule: 'a subnet in use',
    refused: [
      template({
        Net: subnet('10.0.0.0/24'),
        Nat: resource('AWS::EC2::NatGateway', { SubnetId: ref('Net') }, { DeletionPolicy: 'Retain' }),
      }),
      NOTHING,
    ],
    accepted: [template({ Net: subnet('10.0.0.0/24'), Nat: resource('AWS::EC2::NatGateway', { SubnetId: ref('Net') }) }), NOTHING],
  },
  {
    rule: 'a VPC in use',
    refused: [
      template({ Vpc: resource('AWS::EC2::VPC'), Net: { ...subnet('10.0.0.0/24', ref('Vpc')), DeletionPolicy: 'Retain' } }),
      NOTHING,
    ],
    accepted: [template({ Vpc: resource('AWS::EC2::VPC'), Net: subnet('10.0.0.0/24', ref('Vpc')) }), NOTHING],
  },
];
