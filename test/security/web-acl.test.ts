import { Template } from 'aws-cdk-lib/assertions';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { CfnParameter, type Stack } from 'aws-cdk-lib/core';
import { FlaskStage, LoadBalancing, type ManagedRulesOptions, WebAcl } from '../../src';
import { expectError, only, service, testStack } from '../util/test-stack';

const ARN = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/mine/00000000-0000-0000-0000-000000000000';

function setup(webAcl: WebAcl | ((stack: Stack) => WebAcl), stage?: FlaskStage) {
  const stack = testStack();
  const web = service(stack, {
    stage,
    loadBalancing: LoadBalancing.internetFacing({ webAcl: webAcl instanceof WebAcl ? webAcl : webAcl(stack) }),
  });
  return { stack, web, template: Template.fromStack(stack) };
}

const managed = (options?: ManagedRulesOptions, stage?: FlaskStage) => setup(WebAcl.managedRules(options), stage);
type Rule = { readonly Name: string; readonly [key: string]: unknown };
const rulesOf = (template: Template) => only(template, 'AWS::WAFv2::WebACL').Properties.Rules as Rule[];
const attributesOf = (template: Template) => only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.LoadBalancerAttributes;
const failOpen = (Value: string) => ({ Key: 'waf.fail_open.enabled', Value });

test('is not there by default', () => {
  const stack = testStack();
  service(stack);
  Template.fromStack(stack).resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
});

describe('of managed rules', () => {
  test('has a limit for each address, and the groups of AWS that block', () => {
    const { stack, web, template } = managed();
    const acl = only(template, 'AWS::WAFv2::WebACL');
    expect(acl.Properties).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
    expect(rulesOf(template).map(({ Name, Priority }) => [Priority, Name])).toEqual([
      [0, 'RateLimit'],
      [1, 'AWSManagedRulesAmazonIpReputationList'],
      [2, 'AWSManagedRulesKnownBadInputsRuleSet'],
      [3, 'AWSManagedRulesCommonRuleSet'],
    ]);
    expect(rulesOf(template)[0]).toMatchObject({
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: { RateBasedStatement: { Limit: 2000, AggregateKeyType: 'IP' } },
    });
    for (const rule of rulesOf(template).slice(1)) {
      expect(rule).toMatchObject({
        OverrideAction: { None: {} },
        Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: rule.Name } },
      });
      expect(rule).not.toHaveProperty('Statement.ManagedRuleGroupStatement.RuleActionOverrides');
    }
    expect(only(template, 'AWS::WAFv2::WebACLAssociation').Properties).toEqual({
      WebACLArn: { 'Fn::GetAtt': [acl.id, 'Arn'] },
      ResourceArn: stack.resolve(web.loadBalancer?.loadBalancerArn),
    });
    // AWS WAF deletes no web ACL that is associated
    expect(only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').DependsOn).toContain(acl.id);
    expect(attributesOf(template)).not.toContainEqual(failOpen('true'));
  });

  test('takes every option', () => {
    const { template } = managed({ rateLimit: 500, allowLargeBodies: true, countOnly: true, failOpen: true, logRequests: true });
    const [limit, , , common] = rulesOf(template);
    expect(limit).toMatchObject({ Statement: { RateBasedStatement: { Limit: 500 } } });
    expect(common).toMatchObject({
      OverrideAction: { Count: {} },
      Statement: {
        ManagedRuleGroupStatement: { RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }] },
      },
    });
    expect(rulesOf(template)[1]).not.toHaveProperty('Statement.ManagedRuleGroupStatement.RuleActionOverrides');
    expect(attributesOf(template)).toContainEqual(failOpen('true'));
    const group = only(template, 'AWS::Logs::LogGroup', /WebAclLogs/);
    expect(group).toMatchObject({ DeletionPolicy: 'Retain', Properties: { RetentionInDays: 30 } });
    // AWS WAF writes to no other; the id is another one when the firewall is made anew, while the old group may still be there
    expect(group.Properties.LogGroupName).toEqual({
      'Fn::Join': [
        '',
        [
          expect.stringMatching(/^aws-waf-logs-Test-Web-FrontEnd-[0-9A-F]{8}-$/),
          { 'Fn::GetAtt': [only(template, 'AWS::WAFv2::WebACL').id, 'Id'] },
        ],
      ],
    });
    expect(only(template, 'AWS::WAFv2::LoggingConfiguration').Properties).toMatchObject({
      ResourceArn: { 'Fn::GetAtt': [only(template, 'AWS::WAFv2::WebACL').id, 'Arn'] },
      LogDestinationConfigs: [{ 'Fn::Join': ['', expect.arrayContaining([{ Ref: group.id }])] }],
      LoggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { ActionCondition: { Action: 'COUNT' } }],
          },
        ],
      },
    });
  });

  test('logs what it blocks in production, and elsewhere on request', () => {
    const logs = (options: ManagedRulesOptions, stage: FlaskStage) =>
      managed(options, stage).template.findResources('AWS::WAFv2::LoggingConfiguration');
    expect(Object.keys(logs({}, FlaskStage.production()))).toHaveLength(1);
    expect(logs({ logRequests: false }, FlaskStage.production())).toEqual({});
    expect(logs({}, FlaskStage.development())).toEqual({});
    expect(Object.keys(logs({ logRequests: true }, FlaskStage.development()))).toHaveLength(1);
  });

  test('writes nothing by which a reader of the log could act as the client', () => {
    expect(only(managed({ logRequests: true }).template, 'AWS::WAFv2::LoggingConfiguration').Properties.RedactedFields).toEqual([
      { SingleHeader: { Name: 'authorization' } },
      { SingleHeader: { Name: 'cookie' } },
      { SingleHeader: { Name: 'x-api-key' } },
    ]);
  });

  test('has its log group without requests to log too: a group that is kept would be in the way later', () => {
    const groupOf = (logRequests: boolean) => only(managed({ logRequests }).template, 'AWS::Logs::LogGroup', /WebAclLogs/);
    expect(groupOf(false)).toEqual(groupOf(true));
  });

  test('is exchanged without taking the new one away from the load balancer', () => {
    expect(only(managed({}).template, 'AWS::WAFv2::WebACLAssociation')).toMatchObject({ UpdateReplacePolicy: 'Retain' });
    expect(only(managed({}).template, 'AWS::WAFv2::WebACLAssociation')).toMatchObject({ DeletionPolicy: 'Delete' });
  });

  test('keeps its log as long as the service keeps its own', () => {
    expect(only(managed({ logRequests: true }, FlaskStage.ephemeral()).template, 'AWS::Logs::LogGroup', /WebAclLogs/)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 1 },
    });
  });

  test.each([9, 2_000_000_001, 10.5])('refuses a limit of %p', (rateLimit) => {
    expectError(
      () => WebAcl.managedRules({ rateLimit }),
      `rateLimit must be a whole number from 10 to 2000000000, got ${rateLimit}; it is a number of requests within five minutes`,
    );
  });

  test.each([10, 2_000_000_000])('takes a limit of %i', (rateLimit) => {
    expect(rulesOf(managed({ rateLimit }).template)[0]).toMatchObject({ Statement: { RateBasedStatement: { Limit: rateLimit } } });
  });

  test('takes a limit that is known at deployment only', () => {
    const { template } = setup((stack) =>
      WebAcl.managedRules({ rateLimit: new CfnParameter(stack, 'Limit', { type: 'Number' }).valueAsNumber }),
    );
    expect(rulesOf(template)[0]).toMatchObject({ Statement: { RateBasedStatement: { Limit: { Ref: 'Limit' } } } });
  });
});

describe('that exists', () => {
  test('is taken by its ARN', () => {
    const { template } = setup(WebAcl.fromArn(ARN, { failOpen: true }));
    expect(only(template, 'AWS::WAFv2::WebACLAssociation').Properties.WebACLArn).toBe(ARN);
    expect(attributesOf(template)).toContainEqual(failOpen('true'));
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  test('is taken by an ARN that is known at deployment only', () => {
    const { template } = setup((stack) => WebAcl.fromArn(new CfnParameter(stack, 'Arn').valueAsString));
    expect(only(template, 'AWS::WAFv2::WebACLAssociation').Properties.WebACLArn).toEqual({ Ref: 'Arn' });
  });

  test.each(['mine', ARN.replace('regional', 'global'), ARN.replace('wafv2', 'waf')])('is refused: %s', (arn) => {
    expectError(() => WebAcl.fromArn(arn), `the ARN of the web ACL must be the ARN of a regional web ACL of AWS WAF, got '${arn}'`);
  });
});

test('that is made in the app is taken', () => {
  const { template } = setup((stack) =>
    WebAcl.fromWebAcl(
      new CfnWebACL(stack, 'Mine', {
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'mine' },
      }),
    ),
  );
  expect(only(template, 'AWS::WAFv2::WebACLAssociation').Properties.WebACLArn).toEqual({ 'Fn::GetAtt': ['Mine', 'Arn'] });
  expect(only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').DependsOn).toContain('Mine');
  expect(attributesOf(template)).not.toContainEqual(failOpen('true'));
});
