import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  Egress,
  FlaskPlatform,
  type FlaskPlatformProps,
  FlaskStage,
  type IFlaskPlatform,
  LoadBalancing,
  type PlatformServiceOptions,
  WebAcl,
} from '../../../src';
import { type Choice, choice } from './choices';
import type { Draft } from './draft';

type Values<T> = T | ((draft: Draft) => T);

/** The service on a platform of another app, which is joined by its name. */
const on =
  (options: Values<PlatformServiceOptions> = {}, name = 'production') =>
  (draft: Draft): void => {
    draft.props.loadBalancing = LoadBalancing.onPlatform(
      (draft.stack.node.tryFindChild(`Joined${name}`) as IFlaskPlatform | undefined) ??
        FlaskPlatform.fromName(draft.stack, `Joined${name}`, name),
      typeof options === 'function' ? options(draft) : options,
    );
  };
/** The platform itself, with the service beside it. */
const team =
  (options: Values<Partial<FlaskPlatformProps>> = {}) =>
  (draft: Draft): void => {
    draft.named.set('platform', () => {
      new FlaskPlatform(draft.stack, 'Platform', { name: 'production', ...(typeof options === 'function' ? options(draft) : options) });
    });
  };
const certificate = (draft: Draft, name: string) =>
  Certificate.fromCertificateArn(draft.stack, `Platform${name}`, draft.arn('acm', `certificate/${name}`));
const existing = (draft: Draft, id: string, https?: boolean) => ({
  loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(draft.stack, `Existing${id}`, {
    loadBalancerArn: draft.arn('elasticloadbalancing', `loadbalancer/app/${id}/50dc6c495c0c9188`),
    securityGroupId: 'sg-existing',
    loadBalancerDnsName: 'existing.example.com',
    loadBalancerCanonicalHostedZoneId: 'Z1',
    securityGroupAllowsAllOutbound: true,
    vpc: draft.vpc,
  }),
  listener: draft.listener(id),
  https,
});
const inVpc = (draft: Draft) => ({ vpc: draft.vpc });
const zone = (draft: Draft) =>
  HostedZone.fromHostedZoneAttributes(draft.stack, 'OtherZone', { hostedZoneId: 'Z9', zoneName: 'example.org' });

const SIX = ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}.example.com`);

const ROUTES: readonly Choice[] = [
  choice(
    'LoadBalancing.onPlatform',
    { on: on({ paths: ['/shop/*'] }), 'another platform': on({ paths: ['/shop/*'] }, 'other') },
    { with: ['FlaskPlatform.fromName'] },
  ),
  choice('PlatformServiceOptions.paths', { one: on({ paths: ['/a/*'] }), another: on({ paths: ['/b/*'] }) }, { given: on() }),
  choice(
    'PlatformServiceOptions.hosts',
    {
      one: on({ hosts: ['a.example.com'] }),
      another: on({ hosts: ['b.example.com'] }),
      six: on({ hosts: SIX }),
      'one more in front': on({ hosts: ['a.example.com', ...SIX] }),
    },
    { given: on() },
  ),
  choice('PlatformServiceOptions.name', { one: on({ name: 'shop' }), another: on({ name: 'store' }) }, { given: on() }),
  choice('PlatformServiceOptions.preview', { one: on({ preview: 'pr-1' }), another: on({ preview: 'pr-2' }) }, { given: on() }),
  choice('PlatformServiceOptions.priority', { '500': on({ priority: 500 }), '49500': on({ priority: 49_500 }) }, { given: on() }),
  choice('PlatformServiceOptions.route', { false: on({ route: false }), true: on({ route: true }) }, { given: on() }),
  choice('PlatformServiceOptions.internal', { true: on({ internal: true }), false: on({ internal: false }) }, { given: on() }),
  choice(
    'PlatformServiceOptions.zone',
    { one: on((draft) => ({ zone: zone(draft), hosts: ['shop.example.org'] })) },
    { given: on({ hosts: ['shop.example.org'] }) },
  ),
  choice(
    'PlatformServiceOptions.certificate',
    {
      one: on((draft) => ({ certificate: certificate(draft, 'a'), hosts: ['shop.example.org'] })),
      another: on((draft) => ({ certificate: certificate(draft, 'b'), hosts: ['shop.example.org'] })),
    },
    { given: on({ hosts: ['shop.example.org'] }) },
  ),
];

const PLATFORMS: readonly Choice[] = [
  choice('FlaskPlatformProps.name', { beside: team(), another: team({ name: 'staging' }) }),
  choice(
    'FlaskPlatformProps.stage',
    { 'development()': team({ stage: FlaskStage.development() }), 'ephemeral()': team({ stage: FlaskStage.ephemeral() }) },
    { given: team() },
  ),
  choice('FlaskPlatformProps.zone', { given: team((draft) => ({ zone: draft.zone })) }, { given: team() }),
  choice(
    'FlaskPlatformProps.certificates',
    {
      one: team((draft) => ({ certificates: [certificate(draft, 'a')] })),
      two: team((draft) => ({ certificates: [certificate(draft, 'a'), certificate(draft, 'b')] })),
    },
    { given: team() },
  ),
  choice('FlaskPlatformProps.vpc', { given: team(inVpc) }, { given: team() }),
  choice('FlaskPlatformProps.cluster', { given: team((draft) => ({ cluster: draft.cluster })) }, { given: team() }),
  choice(
    'FlaskPlatformProps.egress',
    { 'vpcEndpoints()': team({ egress: Egress.vpcEndpoints() }), 'natGateways(1)': team({ egress: Egress.natGateways(1) }) },
    { given: team() },
  ),
  choice(
    'FlaskPlatformProps.publicLoadBalancer',
    { false: team({ publicLoadBalancer: false, internalLoadBalancer: true }) },
    { given: team({ internalLoadBalancer: true }) },
  ),
  choice('FlaskPlatformProps.internalLoadBalancer', { true: team({ internalLoadBalancer: true }) }, { given: team() }),
  choice(
    'FlaskPlatformProps.existingLoadBalancer',
    {
      one: team((draft) => ({ ...inVpc(draft), existingLoadBalancer: existing(draft, 'first') })),
      another: team((draft) => ({ ...inVpc(draft), existingLoadBalancer: existing(draft, 'second') })),
    },
    { given: team(inVpc), with: ['ExistingLoadBalancer.loadBalancer', 'ExistingLoadBalancer.listener'] },
  ),
  choice(
    'ExistingLoadBalancer.https',
    {
      true: team((draft) => ({ ...inVpc(draft), existingLoadBalancer: existing(draft, 'first', true) })),
      false: team((draft) => ({ ...inVpc(draft), existingLoadBalancer: existing(draft, 'first', false) })),
    },
    { given: team((draft) => ({ ...inVpc(draft), existingLoadBalancer: existing(draft, 'first') })) },
  ),
  choice(
    'FlaskPlatformProps.allowFrom',
    { one: team({ allowFrom: [Peer.ipv4('203.0.113.0/24')] }), another: team({ allowFrom: [Peer.ipv4('198.51.100.0/24')] }) },
    { given: team() },
  ),
  choice(
    'FlaskPlatformProps.webAcl',
    {
      'managedRules()': team({ webAcl: WebAcl.managedRules() }),
      'fromArn()': team((draft) => ({ webAcl: WebAcl.fromArn(draft.arn('wafv2', 'regional/webacl/shop/1')) })),
    },
    { given: team() },
  ),
  choice(
    'FlaskPlatformProps.alarmTopic',
    { one: team((draft) => ({ alarmTopic: Topic.fromTopicArn(draft.stack, 'Ops', draft.arn('sns', 'ops')) })) },
    { given: team() },
  ),
];

export const PLATFORM_CHOICES: readonly Choice[] = [...ROUTES, ...PLATFORMS];
