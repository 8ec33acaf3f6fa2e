import { App, Duration, type Environment, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { OidcProviderNative, OpenIdConnectPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskRepository, FlaskStage, LoadBalancing, Tls } from 'cdk-flask-fargate';

const GITHUB = 'token.actions.githubusercontent.com';
// as GitHub's tokens name it: with the numbers of owner and repository; without them, `my-org/shop`, if it was made before 15 July 2026
const REPOSITORY = 'my-org@1234567/shop@7654321';

const app = new App();
const context = (name: string): string => app.node.tryGetContext(name);
const environmentOf = (name: string): Environment => ({ account: context(`${name}-account`), region: context('region') });

/** The role that jobs of one GitHub environment take, in its account. */
function addDeployer(stack: Stack, environment: string): Role {
  const github = new OidcProviderNative(stack, 'GitHub', { url: `https://${GITHUB}`, clientIds: ['sts.amazonaws.com'] });
  const role = new Role(stack, 'Deployer', {
    roleName: `shop-${environment}`,
    // longer than a deployment takes
    maxSessionDuration: Duration.hours(2),
    assumedBy: new OpenIdConnectPrincipal(github, {
      StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: `repo:${REPOSITORY}:environment:${environment}` },
    }),
  });
  // the roles of the bootstrap may deploy; this one may only take them
  role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [`arn:aws:iam::${stack.account}:role/cdk-hnb659fds-*`] }));
  return role;
}

const tools = new Stack(app, 'ShopImages', { env: environmentOf('tools'), description: 'The images of the shop, and who pushes them' });
const repository = new FlaskRepository(tools, 'Images', {
  repositoryName: 'shop',
  stage: FlaskStage.production(),
  releaseTags: ['v*'],
  previewTags: ['pr-*'],
  pullAccounts: [context('staging-account'), context('production-account')],
});
const builder = addDeployer(tools, 'images');
repository.grantPullPush(builder);
// what the gate on the findings of the scan reads
repository.grant(builder, 'ecr:DescribeImages', 'ecr:DescribeImageScanFindings');
for (const name of ['Staging', 'Production']) {
  const stack = new Stack(app, `Shop${name}Access`, { env: environmentOf(name.toLowerCase()), description: 'Who may deploy the shop' });
  addDeployer(stack, name.toLowerCase());
}

function addShop(stackId: string, env: Environment, stage: FlaskStage): void {
  const stack = new Stack(app, stackId, { env, description: 'The shop, by the digest of its image' });
  const arn = `arn:aws:ecr:${context('region')}:${context('tools-account')}:repository/shop`;
  const web = new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromRepository(Repository.fromRepositoryArn(stack, 'Images', arn), context('digest')),
    stage,
    healthCheck: FlaskHealthCheck.path('/health'),
    // until there is a domain: then Tls.forDomain()
    loadBalancing: LoadBalancing.internetFacing({ tls: Tls.disabled() }),
    monitoring: { alarms: { email: 'operators@example.com' } },
  });
  if (context('going-back') !== 'true') {
    web.addReleaseTask('Report', { command: ['flask', 'report'] });
  }
}

// without a digest there is nothing that could be deployed by mistake
if (context('digest')) {
  addShop('ShopStaging', environmentOf('staging'), FlaskStage.development());
  addShop('ShopProduction', environmentOf('production'), FlaskStage.production());
  if (context('pull-request')) {
    addShop(`ShopPreview${context('pull-request')}`, environmentOf('staging'), FlaskStage.ephemeral());
  }
}
