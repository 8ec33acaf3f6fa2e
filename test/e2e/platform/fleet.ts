/** What the teams of a platform write, from its first service to its last. */
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import {
  FlaskFargateService,
  FlaskHealthCheck,
  FlaskImage,
  FlaskPlatform,
  FlaskStage,
  LoadBalancing,
  type PlatformServiceOptions,
  Tls,
} from '../../../src';

export const PLATFORM = 'FlaskPlatform';
export const NAME = 'fleet';
export const ZONE = 'example.com';
const SAMPLE_APP = join(__dirname, '../../../examples/sample-app');
const env = { region: 'us-east-1' };

/** A service in a stack of its own. */
export interface Member extends PlatformServiceOptions {
  readonly id: string;
  /** The word in the name of its stack; that of the id, unless the service was renamed in it. */
  readonly stack?: string;
  /** The service has a load balancer of its own. */
  readonly own?: boolean;
  readonly prefix?: string;
  readonly discoverable?: boolean;
  /** The folder of an app whose requests hang, in place of the sample app. */
  readonly hanging?: string;
  /** The alarms of a service in production. */
  readonly alarms?: boolean;
}

export const stackOf = ({ id, stack = id, preview }: Member) => `Flask${stack}${preview ? 'Preview' : ''}`;

/** Writes the assembly of the repository that has the platform. */
export function synthesizePlatform(outdir: string, members: readonly Member[]): void {
  const app = new App({ outdir });
  const stack = new Stack(app, PLATFORM, { env });
  const zone = new PublicHostedZone(stack, 'Zone', { zoneName: ZONE });
  const platform = new FlaskPlatform(stack, 'Platform', {
    name: NAME,
    zone,
    stage: FlaskStage.ephemeral(),
    internalLoadBalancer: true,
  });
  // less than the visitors wait, so that they see the 504 of the load balancer
  platform.loadBalancer?.setAttribute('idle_timeout.timeout_seconds', '4');
  for (const member of members) {
    addService(app, member, LoadBalancing.onPlatform(platform, member));
  }
  app.synth();
}

/** Writes the assembly of another repository, which knows the name of the platform. */
export function synthesizeOther(outdir: string, member: Member): void {
  const app = new App({ outdir });
  addService(app, member, LoadBalancing.onPlatform(FlaskPlatform.fromName(app, 'Platform', NAME), member));
  app.synth();
}

function addService(app: App, member: Member, onPlatform: LoadBalancing): void {
  const { id, own, prefix = '', discoverable, hanging, alarms, name = id.toLowerCase() } = member;
  const stack = new Stack(app, stackOf(member), { env });
  const web = new FlaskFargateService(stack, id, {
    image: hanging
      ? FlaskImage.fromSource(hanging, { wsgiApp: 'hanging:create_app()' })
      : FlaskImage.fromSource(SAMPLE_APP, { wsgiApp: 'app:create_app()' }),
    stage: FlaskStage.ephemeral({ alarms }),
    healthCheck: FlaskHealthCheck.path('/health'),
    environment: { FLASK_SERVICE_NAME: member.preview ? 'preview' : name, FLASK_URL_PREFIX: prefix },
    loadBalancing: own ? LoadBalancing.internetFacing({ tls: tlsIn(stack, name) }) : onPlatform,
  });
  if (discoverable) {
    web.discoverableAs(name);
  }
}

/** By the zone of the platform, so that the name stays where it is when the service moves. */
function tlsIn(stack: Stack, recordName: string): Tls {
  const hostedZoneId = StringParameter.valueForStringParameter(stack, `/cdk-flask-fargate/platforms/${NAME}/zone-id`);
  return Tls.forDomain({ zone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId, zoneName: ZONE }), recordName });
}
