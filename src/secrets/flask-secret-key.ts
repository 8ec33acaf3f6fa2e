import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { logSettings, serviceLogs } from '../logging/service-logs';
import { handlerFunction } from '../private/handler-function';
import { freeId } from '../private/part-ids';
import { pathInErrors } from '../private/path-in-errors';
import { fail, requireDays, requireKnown, requireNoSnapshot } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';
import type { FlaskStage } from '../stage/flask-stage';
import { stageOf } from '../stage/stage-of';

/** The secret key of an app. */
export interface FlaskSecretKeyProps {
  /**
   * The stage whose defaults the key has. In production it is rotated, and retained when it is removed from its stack.
   *
   * @default - that of the service it is made in; elsewhere FlaskStage.production()
   */
  readonly stage?: FlaskStage;

  /**
   * Whether the key is rotated.
   *
   * @default - true; false in the development and the ephemeral stage
   */
  readonly rotation?: boolean;

  /**
   * The time between two rotations, 1 to 1000 days. A session stays valid for at least this long after it was signed. AWS Security Hub asks for at most
   * 90 days.
   *
   * @default Duration.days(90)
   */
  readonly rotateEvery?: Duration;

  /**
   * Whether the app gets the key as `SECRET_KEY` and `SECRET_KEY_FALLBACKS` too, beside `FLASK_SECRET_KEY` and `FLASK_SECRET_KEY_FALLBACKS`. Most public
   * apps read `SECRET_KEY`; `app.config.from_prefixed_env()` reads the names with FLASK. The fallbacks are a JSON list.
   *
   * @default true
   */
  readonly plainVariables?: boolean;

  /**
   * Your own AWS KMS key to encrypt the secret with.
   *
   * @default - encrypted with a key of AWS
   */
  readonly encryptionKey?: IKey;

  /**
   * What happens to the secret when it is removed from its stack. Without the secret, all sessions end.
   *
   * @default - RETAIN; DESTROY in the development and the ephemeral stage
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** @internal */
export interface BoundSecretKey {
  readonly secrets: { readonly [key: string]: EcsSecret };
  /** The secret, if it is rotated. */
  readonly rotated?: Secret;
}

/**
 * The key that Flask signs sessions with, generated and kept in AWS Secrets Manager: 64 letters, so that Flask does not read it as a number. Give it
 * to a service by `useSecretKey`.
 *
 * A rotation loses no session: the next key is a fallback from one rotation before it is used, so that tasks that still have the old key read what the
 * new ones sign, and the old key is a fallback after it. The first rotation only makes the next key. It takes Flask 3.1, which has
 * `SECRET_KEY_FALLBACKS`; an older one must not rotate.
 *
 * @example
 * import { FlaskFargateService, FlaskSecretKey } from 'cdk-flask-fargate';
 *
 * declare const web: FlaskFargateService;
 *
 * web.useSecretKey(new FlaskSecretKey(web, 'SecretKey'));
 */
@pathInErrors
export class FlaskSecretKey extends Construct {
  /** The secret: a JSON object with `current`, and `fallbacks`, which is a JSON list in a text. */
  public readonly secret: Secret;

  /** What an app that is not given the key by `useSecretKey` puts in `secrets` as `FLASK_SECRET_KEY`. */
  public readonly current: EcsSecret;

  /** What an app that is not given the key by `useSecretKey` puts in `secrets` as `FLASK_SECRET_KEY_FALLBACKS`. */
  public readonly fallbacks: EcsSecret;

  private readonly hasPlainVariables: boolean;
  private readonly isRotated: boolean;
  private readonly stays: boolean;

  /**
   * Makes the key, and where it is rotated the function that does so.
   *
   * @param scope the service, or the stack where several services share the key
   * @param id the id of the key
   * @param props how often it is rotated, and what the app reads
   */
  public constructor(scope: Construct, id: string, props: FlaskSecretKeyProps = {}) {
    super(scope, freeId(scope, id));
    requireDays('rotateEvery', props.rotateEvery, 1, 1000);
    requireKnown('rotateEvery', props.rotateEvery, 'Duration.days(90)');
    const stage = stageOf(this, props.stage);
    this.hasPlainVariables = props.plainVariables ?? true;
    this.isRotated = props.rotation ?? stage.secretRotation;
    if (!this.isRotated && props.rotateEvery) {
      fail(
        `rotateEvery has no meaning without a rotation, got ${props.rotateEvery.toHumanString()}; set rotation to true, or leave rotateEvery out`,
      );
    }
    requireNoSnapshot('removalPolicy of a secret key', props.removalPolicy);
    const removalPolicy = props.removalPolicy ?? stage.removalPolicy;
    this.stays = removalPolicy !== RemovalPolicy.DESTROY;
    this.secret = new Secret(this, 'Secret', {
      description: 'the key that a Flask app signs sessions with, and the keys it reads them with',
      encryptionKey: props.encryptionKey,
      removalPolicy,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ fallbacks: '[]' }),
        generateStringKey: 'current',
        passwordLength: 64,
        excludeNumbers: true,
        excludePunctuation: true,
      },
    });
    this.current = EcsSecret.fromSecretsManager(this.secret, 'current');
    this.fallbacks = EcsSecret.fromSecretsManager(this.secret, 'fallbacks');
    if (this.isRotated) {
      this.secret.addRotationSchedule('Rotation', {
        automaticallyAfter: props.rotateEvery ?? Duration.days(90),
        // the first deployment would restart what it has just started
        rotateImmediatelyOnUpdate: false,
        rotationLambda: handlerFunction(this, 'Rotate', {
          file: 'secrets/secret-key-rotation.handler',
          name: 'rotate',
          description: 'makes the next secret key of a Flask app',
          timeout: Duration.minutes(1),
          logGroup: serviceLogs(this, 'Logs', { ...logSettings({}, stage), removalPolicy }),
        }),
      });
    }
  }

  /**
   * What a service needs of the key: the variables, and the secret that its tasks start anew for.
   *
   * @internal
   */
  public _bind(service: IConstruct, readsSecretKey?: boolean): BoundSecretKey {
    if (readsSecretKey === false) {
      warn(
        service,
        WARNINGS.SECRET_KEY_NOT_READ,
        "the source of the app names neither SECRET_KEY nor from_prefixed_env, so it does not read the secret key that it is given; add app.config.from_prefixed_env(), or app.config['SECRET_KEY'] = os.environ['SECRET_KEY']",
      );
    }
    if (this.stays && stageOf(service).removalPolicy === RemovalPolicy.DESTROY) {
      warn(
        service,
        WARNINGS.SECRET_KEY_STAYS,
        `the secret key ${this.node.path} is retained, and the service is not, so it would be left behind; give it the stage of the service, or acknowledge this if another service uses it too`,
      );
    }
    return {
      secrets: {
        FLASK_SECRET_KEY: this.current,
        FLASK_SECRET_KEY_FALLBACKS: this.fallbacks,
        ...(this.hasPlainVariables ? { SECRET_KEY: this.current, SECRET_KEY_FALLBACKS: this.fallbacks } : {}),
      },
      rotated: this.isRotated ? this.secret : undefined,
    };
  }
}
