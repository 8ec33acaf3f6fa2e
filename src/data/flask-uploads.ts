import { BlockPublicAccess, Bucket, BucketEncryption, type CorsRule, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Aws, Duration, Fn, RemovalPolicy, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { requireVariableName } from '../connections/data-connection';
import { pathBesideInErrors } from '../private/path-in-errors';
import { requirePattern } from '../private/validation';
import type { IFlaskService } from '../processes/flask-service';
import { processHostOf } from '../processes/process-host';
import { stageOf } from '../stage/stage-of';

/** A bucket for what users upload. */
export interface FlaskUploadsOptions {
  /**
   * The variable that tells the app the name of the bucket.
   *
   * @default 'UPLOADS_BUCKET'
   */
  readonly variable?: string;

  /**
   * The origins whose pages may send files by a presigned URL, `https://shop.example.com` for example.
   *
   * @default - that of the URL of the service, none if it has none; for the name of a load balancer over plain HTTP, all load balancers of the region,
   * because browsers write the name in lower case and Amazon S3 compares case
   */
  readonly allowedOrigins?: string[];
}

/**
 * A bucket for uploads in one line: every process can read, write and delete in it and gets its name, and pages of the app can send files to it by
 * a presigned URL. You get the L2 construct of the CDK, on which you set everything else.
 *
 * | Default | `production` | `development`, `ephemeral` | Because |
 * |---|---|---|---|
 * | versions | kept for 30 days | none | what a fault of the app deletes can be restored |
 * | on removal | retained | deleted, with its contents | |
 * | a month | by use | by use | traffic to it is free, by a gateway endpoint |
 *
 * In every stage: encrypted, no public access, TLS only. The parts of an aborted upload, which cost money and are not visible, are deleted after a day.
 */
@pathBesideInErrors
export class FlaskUploads {
  /**
   * A bucket for the uploads of an app.
   *
   * @param web the service; the bucket stands beside it, so that to rename the service leaves the files where they are
   * @param id the id of the bucket in the scope of the service
   * @param options the variable, and the origins
   * @example
   * import { FlaskFargateService, FlaskUploads } from 'cdk-flask-fargate';
   * declare const web: FlaskFargateService;
   *
   * FlaskUploads.bucket(web, 'Uploads');
   */
  public static bucket(web: IFlaskService, id: string, options: FlaskUploadsOptions = {}): Bucket {
    const { variable = 'UPLOADS_BUCKET', allowedOrigins = web.url ? [originOf(web.url)] : [] } = options;
    const host = processHostOf(web);
    requireVariableName('variable', variable);
    for (const origin of options.allowedOrigins ?? []) {
      requirePattern('an origin', origin, ORIGIN, "a scheme and a host without a path, such as 'https://shop.example.com', or '*'");
    }
    const isKept = stageOf(web).dataRemovalPolicy !== RemovalPolicy.DESTROY;
    const bucket = new Bucket(web.node.scope as Construct, id, {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: isKept,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          noncurrentVersionExpiration: isKept ? Duration.days(30) : undefined,
        },
      ],
      cors: allowedOrigins.length > 0 ? [corsRule(allowedOrigins)] : undefined,
      removalPolicy: isKept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !isKept,
    });
    bucket.grantReadWrite(web);
    host.addVariables({ [variable]: bucket.bucketName }, {}, 'give another bucket a variable of its own');
    return bucket;
  }

  private constructor() {}
}

/** What a browser calls the origin of a page below this URL. Parts of it may be known at deployment alone. */
function originOf(url: string): string {
  if (!Token.isUnresolved(url)) {
    return new URL(url).origin;
  }
  const parts = Fn.split('/', url);
  return url.startsWith('http:')
    ? `http://*.${Aws.REGION}.elb.${Aws.URL_SUFFIX}`
    : Fn.join('//', [Fn.select(0, parts), Fn.select(2, parts)]);
}

/** A browser sends its origin in lower case and without a slash at the end; Amazon S3 takes one `*`. */
const ORIGIN = /^(?!.*\*.*\*)(\*|https?:\/\/[a-z0-9.*-]+(:\d+)?)$/;

/** What a page needs to send a file by PUT or by a form, in parts too. */
function corsRule(allowedOrigins: string[]): CorsRule {
  return {
    allowedOrigins,
    allowedMethods: [HttpMethods.GET, HttpMethods.HEAD, HttpMethods.PUT, HttpMethods.POST],
    allowedHeaders: ['*'],
    exposedHeaders: ['ETag'],
    maxAge: 3600,
  };
}
