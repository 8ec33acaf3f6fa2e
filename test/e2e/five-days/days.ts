/** What the team of a service writes on each of its days. */
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, PublicHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import {
  Capacity,
  FlaskFargateService,
  type FlaskFargateServiceProps,
  FlaskHealthCheck,
  FlaskImage,
  FlaskStage,
  LoadBalancing,
  Tls,
} from '../../../src';

export const STACK = 'FlaskDays';
export const ZONE = 'example.com';
export const NAME = `shop.${ZONE}`;
const SAMPLE_APP = join(__dirname, '../../../examples/sample-app');
/** Of the day's own region; the local AWS issues none. */
const CERTIFICATE = 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555';

export interface Day {
  /** Behind HTTPS. */
  readonly https?: boolean;
  readonly production?: boolean;
  /** The service that has a load balancer of its own. */
  readonly own?: boolean;
  /** The one behind the load balancer that Blog has too. */
  readonly shared?: boolean;
  readonly port?: number;
  readonly spot?: boolean;
}

/** Write the assembly of a day. */
export function synthesize(outdir: string, day: Day): void {
  const app = new App({ outdir });
  const stack = new Stack(app, STACK, { env: { region: 'us-east-1' } });
  const zone = new PublicHostedZone(stack, 'Zone', { zoneName: ZONE });
  const image = FlaskImage.fromSource(SAMPLE_APP, { wsgiApp: 'app:create_app()' });
  const healthCheck = FlaskHealthCheck.path('/health');
  const tls = day.https ? Tls.withCertificate(Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE)) : Tls.disabled();
  const common: FlaskFargateServiceProps = {
    image,
    healthCheck,
    stage: day.production ? FlaskStage.production() : FlaskStage.development(),
    port: day.port,
    capacity: day.spot ? Capacity.spot() : Capacity.onDemand(),
    environment: { FLASK_SERVICE_NAME: 'shop' },
  };

  const blog = new FlaskFargateService(stack, 'Blog', {
    image,
    healthCheck,
    stage: FlaskStage.development(),
    loadBalancing: LoadBalancing.internetFacing({ tls }),
    environment: { FLASK_SERVICE_NAME: 'blog' },
  });
  const own = day.own
    ? new FlaskFargateService(stack, 'Web', { ...common, loadBalancing: LoadBalancing.internetFacing({ tls, deletionProtection: false }) })
    : undefined;
  const shared =
    day.shared && blog.listener
      ? new FlaskFargateService(stack, 'Shop', {
          ...common,
          loadBalancing: LoadBalancing.sharedListener(blog.listener, { priority: 5, paths: ['/'] }),
        })
      : undefined;

  // the name moves once the service that answers to it runs
  const front = (shared ? blog : own)?.loadBalancer as IApplicationLoadBalancer;
  const name = new ARecord(stack, 'Name', { zone, recordName: 'shop', target: RecordTarget.fromAlias(new LoadBalancerTarget(front)) });
  for (const service of [own, shared]) {
    if (service) {
      name.node.addDependency(service.service);
    }
  }
  app.synth();
}
