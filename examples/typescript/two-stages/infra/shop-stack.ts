import * as path from 'node:path';
import { Stack, type StackProps } from 'aws-cdk-lib';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, type FlaskStage, LoadBalancing, Tls } from 'cdk-flask-fargate';
import type { Construct } from 'constructs';

export interface ShopStackProps extends StackProps {
  /** The defaults of this stack. */
  readonly stage: FlaskStage;
  readonly greeting: string;
  /** Who gets a mail when an alarm goes off. */
  readonly alarmEmail?: string;
}

/** The shop in one stage: what differs between stages is in its props. */
export class ShopStack extends Stack {
  public constructor(scope: Construct, id: string, props: ShopStackProps) {
    super(scope, id, props);

    new FlaskFargateService(this, 'Web', {
      image: FlaskImage.fromSource(path.join(__dirname, '../app')),
      stage: props.stage,
      healthCheck: FlaskHealthCheck.path('/health'),
      environment: { GREETING: props.greeting },
      // until there is a domain: then Tls.forDomain()
      loadBalancing: LoadBalancing.internetFacing({ tls: Tls.disabled() }),
      monitoring: { alarms: { email: props.alarmEmail } },
    });
  }
}
