import type { IUserPool, IUserPoolClient, IUserPoolDomain } from 'aws-cdk-lib/aws-cognito';
import { ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AuthenticateCognitoAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2-actions';
import type { Duration, SecretValue } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { requirePattern, requireSeconds } from '../private/validation';

/** What holds for every sign-in. */
export interface SignInOptions {
  /**
   * Paths that need no sign-in, for example `/public/*`. The path of the health check needs no sign-in either, unless it is the home page, or is on a shared
   * listener without host names.
   *
   * @default - the path of the health check
   */
  readonly exceptPaths?: string[];

  /**
   * How long a user stays signed in, 1 second to 7 days.
   *
   * @default Duration.days(7)
   */
  readonly sessionTimeout?: Duration;
}

/** Sign-in by a provider of OpenID Connect. */
export interface OidcSignInOptions extends SignInOptions {
  /** The issuer, `https://login.example.com`. */
  readonly issuer: string;

  /** The authorization endpoint. */
  readonly authorizationEndpoint: string;

  /** The token endpoint. */
  readonly tokenEndpoint: string;

  /** The user-info endpoint. */
  readonly userInfoEndpoint: string;

  /** The id of the client that the provider gave. */
  readonly clientId: string;

  /** The secret of the client, from Secrets Manager. */
  readonly clientSecret: SecretValue;
}

/** Sign-in by Amazon Cognito. */
export interface CognitoSignInOptions extends SignInOptions {
  /** The user pool. */
  readonly userPool: IUserPool;

  /** The client of the user pool. It must have a secret. */
  readonly userPoolClient: IUserPoolClient;

  /** The domain of the user pool. */
  readonly userPoolDomain: IUserPoolDomain;
}

/**
 * Sign-in at the load balancer, before a request reaches the app. Needs HTTPS.
 *
 * @example
 * import { SecretValue } from 'aws-cdk-lib';
 * import { IHostedZone } from 'aws-cdk-lib/aws-route53';
 * import { LoadBalancing, SignIn, Tls } from 'cdk-flask-fargate';
 *
 * declare const zone: IHostedZone;
 *
 * const signIn = SignIn.oidc({
 *   issuer: 'https://login.example.com',
 *   authorizationEndpoint: 'https://login.example.com/authorize',
 *   tokenEndpoint: 'https://login.example.com/token',
 *   userInfoEndpoint: 'https://login.example.com/userinfo',
 *   clientId: 'shop',
 *   clientSecret: SecretValue.secretsManager('shop/sign-in'),
 *   exceptPaths: ['/public/*'],
 * });
 * const loadBalancing = LoadBalancing.internetFacing({ tls: Tls.forDomain({ zone, recordName: 'shop' }), signIn });
 */
export class SignIn {
  /**
   * By a provider of OpenID Connect.
   *
   * @param options the endpoints and the client
   */
  public static oidc(options: OidcSignInOptions): SignIn {
    for (const name of ['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'userInfoEndpoint'] as const) {
      requirePattern(`${name} of the sign-in`, options[name], /^https:\/\/\S+$/, 'an https URL');
    }
    const { issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, clientId, clientSecret, sessionTimeout } = options;
    return new SignIn(options, (next) =>
      ListenerAction.authenticateOidc({
        issuer,
        authorizationEndpoint,
        tokenEndpoint,
        userInfoEndpoint,
        clientId,
        clientSecret,
        sessionTimeout,
        next,
      }),
    );
  }

  /**
   * By Amazon Cognito.
   *
   * @param options the user pool, its client and its domain
   */
  public static cognito(options: CognitoSignInOptions): SignIn {
    const { userPool, userPoolClient, userPoolDomain, sessionTimeout } = options;
    return new SignIn(options, (next) => new AuthenticateCognitoAction({ userPool, userPoolClient, userPoolDomain, sessionTimeout, next }));
  }

  private constructor(
    private readonly options: SignInOptions,
    private readonly authenticate: (next: ListenerAction) => ListenerAction,
  ) {
    requireSeconds('sessionTimeout of the sign-in', options.sessionTimeout, 1, 604_800);
    for (const path of options.exceptPaths ?? []) {
      requirePattern('a path without sign-in', path, /^\/\S*$/, "a path pattern that begins with a slash, such as '/public/*'");
    }
  }

  /** @internal */
  public _render(): { readonly exceptPaths: string[] } {
    return { exceptPaths: this.options.exceptPaths ?? [] };
  }

  /**
   * The action of a rule: sign-in, and then the next one.
   *
   * @internal
   */
  public _bind(_scope: Construct, { next }: { readonly next: ListenerAction }): ListenerAction {
    return this.authenticate(next);
  }
}
