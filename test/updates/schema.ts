import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Resource } from '@aws-cdk/service-spec-types';

let database: ReturnType<typeof loadAwsServiceSpecSync> | undefined;
const resources = new Map<string, Resource | undefined>();

/** What CloudFormation's schema says of a type of resources; undefined for custom resources. */
export function schemaOf(type: string): Resource | undefined {
  if (!resources.has(type)) {
    database ??= loadAwsServiceSpecSync();
    resources.set(type, database.lookup('resource', 'cloudFormationType', 'equals', type)[0]);
  }
  return resources.get(type);
}

/**
 * Whether a change of the property makes CloudFormation replace the resource. A property that "may" replace it does so for values that nothing
 * here has (an IPv6 block of a subnet), so it counts as a change in place; those that we have are in `REPLACES`.
 */
export function causesReplacement(type: string, property: string): boolean {
  const schema = schemaOf(type);
  if (!schema) {
    return property === 'ServiceToken';
  }
  return (
    schema.properties[property]?.causesReplacement === 'yes' ||
    REPLACES[type]?.includes(property) ||
    (schema.additionalReplacementProperties ?? []).some(([first, ...rest]) => first === property && rest.length === 0)
  );
}

/** From PostgreSQL to MySQL; another snapshot to begin with, or none any more: "an empty DB instance is created". */
const REPLACES: { readonly [type: string]: readonly string[] } = { 'AWS::RDS::DBInstance': ['Engine', 'DBSnapshotIdentifier'] };

/** Whether a resource of the type holds data. The list of the CDK lacks what is in `MORE_DATA`. */
export function isStateful(type: string): boolean {
  return (schemaOf(type)?.isStateful ?? false) || MORE_DATA.has(type);
}

const MORE_DATA = new Set(['AWS::ECR::Repository', 'AWS::Route53::HostedZone', 'AWS::Cognito::UserPool']);
