import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { SslPolicy } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone, PrivateHostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib/core';
import { LoadBalancing, Tls, type TlsOptions } from '../../src';
import { containerOf, environmentOf, expectError, only, service, templateOf, testStack, warningIds } from '../util/test-stack';

const ARN = 'arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';
const certificateIn = (stack: Stack) => Certificate.fromCertificateArn(stack, 'Given', ARN);
const zoneIn = (stack: Stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });

function setup(tls: (stack: Stack) => Tls) {
  const stack = testStack();
  const web = service(stack, { loadBalancing: LoadBalancing.internetFacing({ tls: tls(stack) }) });
  return { stack, web, template: Template.fromStack(stack) };
}

const withCertificate = (options?: TlsOptions) => setup((stack) => Tls.withCertificate(certificateIn(stack), options));
const httpsOf = (template: Template) => only(template, 'AWS::ElasticLoadBalancingV2::Listener', /Https/).Properties;
const hstsOf = (template: Template) =>
  (httpsOf(template).ListenerAttributes as { Key: string; Value: unknown }[]).find(({ Key }) => Key.includes('strict_transport_security'))
    ?.Value;

describe('for a domain', () => {
  const { stack, web, template } = setup((scope) => Tls.forDomain({ zone: zoneIn(scope), recordName: 'www' }));

  test('makes a certificate that the zone validates', () => {
    expect(only(template, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
      DomainName: 'www.example.com',
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: 'www.example.com', HostedZoneId: 'Z1' }],
    });
  });

  test('makes alias records, and has the name in the URL', () => {
    const AliasTarget = { DNSName: { 'Fn::Join': ['', ['dualstack.', { 'Fn::GetAtt': [expect.anything(), 'DNSName'] }]] } };
    expect(only(template, 'AWS::Route53::RecordSetGroup').Properties).toMatchObject({
      HostedZoneId: 'Z1',
      RecordSets: ['A', 'AAAA'].map((Type) => ({ Type, Name: 'www.example.com.', AliasTarget })),
    });
    expect(web.url).toBe('https://www.example.com');
  });

  test('listens with TLS 1.3 and 1.2, and tells browsers to stay', () => {
    expect(httpsOf(template)).toMatchObject({
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      Certificates: [{ CertificateArn: { Ref: only(template, 'AWS::CertificateManager::Certificate').id } }],
      ListenerAttributes: expect.arrayContaining([
        { Key: 'routing.http.response.server.enabled', Value: 'false' },
        { Key: 'routing.http.response.strict_transport_security.header_value', Value: 'max-age=31536000' },
      ]),
    });
  });

  test('redirects plain HTTP for good', () => {
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener', /Http[^s]/).Properties).toMatchObject({
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    });
  });

  test('lets clients in on both ports', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [
        { CidrIp: '0.0.0.0/0', Description: 'clients', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' },
        { CidrIp: '0.0.0.0/0', Description: 'clients', FromPort: 80, ToPort: 80, IpProtocol: 'tcp' },
      ],
    });
  });

  test('tells the app, and gives no advice on plain HTTP', () => {
    expect(environmentOf(containerOf(template))).toMatchObject({
      FLASK_PREFERRED_URL_SCHEME: 'https',
      FLASK_SESSION_COOKIE_SECURE: 'true',
    });
    expect(warningIds(stack)).toEqual(['cdk-flask-fargate:noAccessLogs']);
  });
});

test.each([
  [undefined, 'example.com'],
  ['www', 'www.example.com'],
  ['api.eu', 'api.eu.example.com'],
  ['www.example.com', 'www.example.com'],
  ['example.com', 'example.com'],
  ['www.example.com.', 'www.example.com'],
])('the record %p of the zone example.com is %s', (recordName, domainName) => {
  const { web, template } = setup((stack) => Tls.forDomain({ zone: zoneIn(stack), recordName }));
  expect(web.url).toBe(`https://${domainName}`);
  expect(only(template, 'AWS::CertificateManager::Certificate').Properties.DomainName).toBe(domainName);
  expect(only(template, 'AWS::Route53::RecordSetGroup').Properties.RecordSets).toMatchObject([{ Name: `${domainName}.` }, {}]);
});

test('a zone that only a VPC reads proves nothing to AWS Certificate Manager', () => {
  const stack = testStack();
  const zone = new PrivateHostedZone(stack, 'Inside', { zoneName: 'example.com', vpc: new Vpc(stack, 'Vpc') });
  expectError(
    () => Tls.forDomain({ zone }),
    'the zone must be a public hosted zone, because AWS Certificate Manager looks there for the record of the certificate, got the private Test/Inside; give a public zone of the same domain, or a certificate that exists',
  );
  expect(() => Tls.forDomain({ zone: new PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' }) })).not.toThrow();
});

test.each(['', 'two words', '.www', 'www..eu', 'https://www'])('the record name %p is refused', (recordName) => {
  expectError(
    () => Tls.forDomain({ zone: zoneIn(testStack()), recordName }),
    `recordName must be a name within the zone, such as 'www' or 'api.eu', got '${recordName}'`,
  );
});

describe('with a certificate', () => {
  test('takes it, and makes no record', () => {
    const { web, template } = setup((stack) => Tls.withCertificate(certificateIn(stack), { domainName: 'www.example.com' }));
    expect(httpsOf(template).Certificates).toEqual([{ CertificateArn: ARN }]);
    template.resourceCountIs('AWS::Route53::RecordSetGroup', 0);
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(web.url).toBe('https://www.example.com');
  });

  test('has the name of the load balancer in the URL where none is given', () => {
    const { stack, web } = withCertificate();
    expect(stack.resolve(web.url)).toEqual({ 'Fn::Join': ['', ['https://', stack.resolve(web.loadBalancer?.loadBalancerDnsName)]] });
  });

  test('takes another policy', () => {
    expect(httpsOf(withCertificate({ sslPolicy: SslPolicy.RECOMMENDED_TLS }).template).SslPolicy).toBe(SslPolicy.RECOMMENDED_TLS);
  });
});

describe('Strict-Transport-Security', () => {
  test.each([
    [Duration.days(1), 'max-age=86400'],
    [Duration.seconds(63_072_000), 'max-age=63072000'],
    [Duration.seconds(0), 'max-age=0'],
  ])('%s', (hstsMaxAge, header) => {
    expect(hstsOf(withCertificate({ hstsMaxAge }).template)).toBe(header);
  });

  test('is refused beyond two years', () => {
    expectError(
      () => withCertificate({ hstsMaxAge: Duration.seconds(63_072_001) }),
      'hstsMaxAge must be a whole number of seconds from 0 to 63072000, got 63072001; two years is the usual maximum for browsers',
    );
  });

  test('passes where it is known at deployment only', () => {
    const { template } = setup((stack) =>
      Tls.withCertificate(certificateIn(stack), {
        hstsMaxAge: Duration.seconds(new CfnParameter(stack, 'Age', { type: 'Number' }).valueAsNumber),
      }),
    );
    expect(hstsOf(template)).toEqual({ 'Fn::Join': ['', ['max-age=', { Ref: 'Age' }]] });
  });
});

test('disabled is plain HTTP without the advice, and the app is told nothing', () => {
  const { stack, web, template } = setup(() => Tls.disabled());
  expect(stack.resolve(web.url)).toEqual({ 'Fn::Join': ['', ['http://', stack.resolve(web.loadBalancer?.loadBalancerDnsName)]] });
  expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener').Properties).toMatchObject({ Port: 80, Protocol: 'HTTP' });
  expect(environmentOf(containerOf(template))).not.toHaveProperty('FLASK_PREFERRED_URL_SCHEME');
  expect(warningIds(stack)).toEqual(['cdk-flask-fargate:noAccessLogs']);
});

test('what the app is told of HTTPS, the user may say otherwise', () => {
  const stack = testStack();
  const loadBalancing = LoadBalancing.internetFacing({ tls: Tls.withCertificate(certificateIn(stack)) });
  service(stack, { loadBalancing, environment: { FLASK_SESSION_COOKIE_SECURE: 'false' } });
  expect(environmentOf(containerOf(Template.fromStack(stack)))).toMatchObject({
    FLASK_PREFERRED_URL_SCHEME: 'https',
    FLASK_SESSION_COOKIE_SECURE: 'false',
  });
});

test('an internal load balancer has it too', () => {
  const stack = testStack();
  service(stack, { loadBalancing: LoadBalancing.internal({ tls: Tls.withCertificate(certificateIn(stack)) }) });
  expect(httpsOf(Template.fromStack(stack))).toMatchObject({ Port: 443, Protocol: 'HTTPS' });
  expect(httpsOf(withCertificate().template).Port).toBe(443);
  expect(templateOf().findResources('AWS::ElasticLoadBalancingV2::Listener')).not.toHaveProperty('Https');
});

test('a zone that is imported with the dot of DNS at its end gives a certificate without it', () => {
  const stack = testStack();
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Dotted', { hostedZoneId: 'Z1', zoneName: 'example.com.' });
  const web = service(stack, { loadBalancing: LoadBalancing.internetFacing({ tls: Tls.forDomain({ zone, recordName: 'www' }) }) });
  expect(only(Template.fromStack(stack), 'AWS::CertificateManager::Certificate').Properties.DomainName).toBe('www.example.com');
  expect(web.url).toBe('https://www.example.com');
});
