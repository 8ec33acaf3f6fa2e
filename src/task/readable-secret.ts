import { Secret } from 'aws-cdk-lib/aws-ecs';
import {
  AccountRootPrincipal,
  type AddToPrincipalPolicyResult,
  type Grant,
  type IGrantable,
  type IPrincipal,
  PolicyStatement,
  PrincipalBase,
} from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { sorted } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';

/** The secrets of a container, sorted, each of them readable from the stack of the container. */
export function readableSecrets(scope: Construct, secrets: { readonly [key: string]: Secret }): { [key: string]: Secret } {
  for (const [name, { arn }] of Object.entries(sorted(secrets))) {
    adviseOnSuffix(scope, name, arn);
  }
  return Object.fromEntries(Object.entries(sorted(secrets)).map(([name, secret]) => [name, readableSecret(scope, secret)]));
}

/**
 * A secret by its name has an ARN without the six characters that Secrets Manager adds, and Amazon ECS wants the whole one where it reads a field of
 * the JSON: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html, aws-cdk#18555.
 */
function adviseOnSuffix(scope: Construct, variable: string, arn: string): void {
  const [, name] = /:secret:([^:{}]+):[^:]+:[^:]*:[^:]*$/.exec(arn) ?? [];
  if (name !== undefined && !/-[a-zA-Z0-9]{6}$/.test(name)) {
    warn(
      scope,
      WARNINGS.SECRET_WITHOUT_SUFFIX,
      `the variable ${variable} is a field of the secret '${name}', which is given by its name, and Amazon ECS may refuse a field where the ARN lacks the six characters at its end; give the whole ARN to Secret.fromSecretCompleteArn()`,
    );
  }
}

/**
 * A secret as it is, or, from another stack and with a key of its own, one that leaves the policy of its key alone: the CDK would write the role into it,
 * and the stacks would form a circle.
 */
function readableSecret(scope: Construct, secret: Secret): Secret {
  const reference = Tokenization.reverseString(secret.arn).tokens.find((token) => Reference.isReference(token));
  if (!Reference.isReference(reference) || Stack.of(reference.target) === Stack.of(scope)) {
    return secret;
  }
  // that of a database is an attachment, which stands below the secret
  const made = reference.target.node.scopes.map(({ node }) => node.defaultChild).find((child) => child instanceof CfnSecret);
  return made?.kmsKeyId === undefined ? secret : new SecretOfAnotherStack(secret, Token.asString(reference));
}

class SecretOfAnotherStack extends Secret {
  public readonly arn: string;
  public readonly hasField?: boolean;

  public constructor(
    private readonly secret: Secret,
    /** Without the field. */
    private readonly secretArn: string,
  ) {
    super();
    this.arn = secret.arn;
    this.hasField = secret.hasField;
  }

  public grantRead({ grantPrincipal: role }: IGrantable): Grant {
    const grant = this.secret.grantRead({ grantPrincipal: new AccountInKeyPolicy(role) });
    // the policy that the CDK gives every key lets those of the account decide; the context ties the right to this secret
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: { StringEquals: { 'kms:EncryptionContext:SecretARN': this.secretArn } },
      }),
    );
    return grant;
  }
}

/** A role that is its account where a key asks who may decrypt. */
class AccountInKeyPolicy extends PrincipalBase {
  public readonly policyFragment = new AccountRootPrincipal().policyFragment;

  public constructor(private readonly role: IPrincipal) {
    super();
  }

  public dedupeString(): string | undefined {
    return undefined;
  }

  public override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    return this.role.addToPrincipalPolicy(statement);
  }
}
