import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { ArnFormat, CfnDeletionPolicy, Lazy, Names, Stack } from 'aws-cdk-lib/core';
import type { aws_wafv2 } from 'aws-cdk-lib/interfaces';
import type { Construct } from 'constructs';
import type { LogSettings } from '../logging/service-logs';
import { requireInteger, requirePattern } from '../private/validation';

/** What holds for every firewall. */
export interface WebAclOptions {
  /**
   * Whether requests go through when the firewall does not answer the load balancer. An app whose data must never be reached past the
   * firewall keeps it false.
   *
   * @default false
   */
  readonly failOpen?: boolean;
}

/** A firewall of the rules that AWS keeps up to date. */
export interface ManagedRulesOptions extends WebAclOptions {
  /**
   * How many requests one address may send within five minutes, 10 to 2,000,000,000.
   *
   * @default 2000
   */
  readonly rateLimit?: number;

  /**
   * Whether requests with a body of more than 8 kB are allowed: an app with uploads needs it.
   *
   * @default false - the common rules block them
   */
  readonly allowLargeBodies?: boolean;

  /**
   * Whether requests that the groups of AWS match are counted and let through: to see what would be blocked before it is.
   *
   * @default false
   */
  readonly countOnly?: boolean;

  /**
   * Whether the requests that were blocked or counted are written to a log group, for as long as the service's own log. The headers
   * `authorization`, `cookie` and `x-api-key`, which let whoever reads them act as the client, are redacted.
   *
   * @default - as access logs by the stage: true in production, false in the others
   */
  readonly logRequests?: boolean;
}

type AclArn = (scope: Construct, context: WebAclContext) => string;

/**
 * A firewall for web requests (AWS WAF) in front of the load balancer.
 *
 * @example
 * import { LoadBalancing, WebAcl } from 'cdk-flask-fargate';
 *
 * const loadBalancing = LoadBalancing.internetFacing({ webAcl: WebAcl.managedRules({ rateLimit: 1000, countOnly: true }) });
 */
export class WebAcl {
  /**
   * A web ACL that is made in the app.
   *
   * @param webAcl a regional web ACL
   * @param options what happens when it does not answer
   */
  public static fromWebAcl(webAcl: aws_wafv2.IWebACLRef, options: WebAclOptions = {}): WebAcl {
    return new WebAcl(options, (_scope, { loadBalancer }) => arnOf(webAcl, loadBalancer));
  }

  /**
   * A web ACL that exists elsewhere, of AWS Firewall Manager for example.
   *
   * @param webAclArn the ARN of a regional web ACL
   * @param options what happens when it does not answer
   */
  public static fromArn(webAclArn: string, options: WebAclOptions = {}): WebAcl {
    requirePattern(
      'the ARN of the web ACL',
      webAclArn,
      /^arn:[^:]+:wafv2:[^:]*:\d{12}:regional\/webacl\/.+$/,
      'the ARN of a regional web ACL of AWS WAF',
    );
    return new WebAcl(options, () => webAclArn);
  }

  /**
   * A web ACL of the rule groups that AWS keeps up to date: the common rules, known bad inputs, addresses of bad reputation, and a limit of
   * requests for each address.
   *
   * @param options the limit
   */
  public static managedRules(options: ManagedRulesOptions = {}): WebAcl {
    requireInteger('rateLimit', options.rateLimit, 10, 2_000_000_000, 'it is a number of requests within five minutes');
    return new WebAcl(options, (scope, context) => arnOf(managedRules(scope, options, context), context.loadBalancer));
  }

  private constructor(
    private readonly options: WebAclOptions,
    private readonly arn: AclArn,
  ) {}

  /** @internal */
  public _render(): { readonly failOpen: boolean } {
    return { failOpen: this.options.failOpen ?? false };
  }

  /** @internal */
  public _bind(scope: Construct, context: WebAclContext): void {
    const association = new CfnWebACLAssociation(scope, 'WebAclAssociation', {
      webAclArn: this.arn(scope, context),
      resourceArn: context.loadBalancer.loadBalancerArn,
    });
    // a load balancer has one firewall, and a new one takes the place of the old. Deleting the old association then would take away the new one:
    // the call names the load balancer alone. See https://github.com/pulumi/pulumi-aws/issues/4782
    association.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    association.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
  }
}

/** @internal */
interface WebAclContext {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly logs: LogSettings;
  /** Whether requests are logged where the user has not said. */
  readonly logRequests: boolean;
}

/** AWS WAF refuses to delete a web ACL that is associated: with this order the load balancer goes first. */
function arnOf(webAcl: aws_wafv2.IWebACLRef, loadBalancer: ApplicationLoadBalancer): string {
  loadBalancer.node.defaultChild?.node.addDependency(webAcl);
  return webAcl.webAclRef.webAclArn;
}

/** In the order in which they are asked: the cheapest first. */
const COMMON_RULES = 'AWSManagedRulesCommonRuleSet';
const GROUPS = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet', COMMON_RULES];

function managedRules(scope: Construct, options: ManagedRulesOptions, { logs, ...byDefault }: WebAclContext): CfnWebACL {
  const { rateLimit = 2000, countOnly = false, allowLargeBodies = false, logRequests = byDefault.logRequests } = options;
  const visibility = (metricName: string) => ({ cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName });
  const webAcl = new CfnWebACL(scope, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    description: 'in front of the load balancer of the Flask app',
    visibilityConfig: visibility(Lazy.string({ produce: () => Names.uniqueResourceName(scope, { maxLength: 100 }) })),
    rules: [
      {
        name: 'RateLimit',
        priority: 0,
        action: { block: { customResponse: { responseCode: 429 } } },
        statement: { rateBasedStatement: { limit: rateLimit, aggregateKeyType: 'IP' } },
        visibilityConfig: visibility('RateLimit'),
      },
      ...GROUPS.map((name, index) => ({
        name,
        priority: index + 1,
        overrideAction: countOnly ? { count: {} } : { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: 'AWS',
            name,
            ruleActionOverrides:
              allowLargeBodies && name === COMMON_RULES ? [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }] : undefined,
          },
        },
        visibilityConfig: visibility(name),
      })),
    ],
  });
  const logGroup = webAclLogs(scope, webAcl, logs);
  if (logRequests) {
    logBlocked(scope, webAcl, logGroup);
  }
  return webAcl;
}

/**
 * The log group stands there without requests to log too: one that is kept when logging is turned off would be in the way when it is turned on
 * again. The id of the firewall in its name is another one when the stack is made anew.
 */
function webAclLogs(scope: Construct, webAcl: CfnWebACL, logs: LogSettings): LogGroup {
  return new LogGroup(scope, 'WebAclLogs', {
    ...logs,
    // AWS WAF writes to groups of this prefix alone
    logGroupName: `aws-waf-logs-${Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' })}-${webAcl.attrId}`,
  });
}

/** What a client proves with who it is. */
const REDACTED_HEADERS = ['authorization', 'cookie', 'x-api-key'];

/** What passes is in the access logs of the load balancer already. */
function logBlocked(scope: Construct, webAcl: CfnWebACL, logGroup: LogGroup): void {
  new CfnLoggingConfiguration(scope, 'WebAclLogging', {
    resourceArn: webAcl.attrArn,
    logDestinationConfigs: [
      Stack.of(scope).formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: logGroup.logGroupName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
    // https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html
    redactedFields: REDACTED_HEADERS.map((Name) => ({ singleHeader: { Name } })),
    loggingFilter: {
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
}
