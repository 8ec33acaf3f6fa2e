import { App, type Environment, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  FlaskDatabase,
  FlaskFargateService,
  FlaskHealthCheck,
  FlaskImage,
  FlaskRepository,
  FlaskStage,
  LoadBalancing,
  Tls,
} from 'cdk-flask-fargate';

const app = new App();
const context = (name: string): string => app.node.tryGetContext(name);
const environmentOf = (name: string): Environment => ({ account: context(`${name}-account`), region: context('region') });

const tools = new Stack(app, 'ShopImages', { env: environmentOf('tools'), description: 'The images of the shop' });
new FlaskRepository(tools, 'Images', {
  repositoryName: 'shop',
  stage: FlaskStage.production(),
  releaseTags: ['v*'],
  pullAccounts: [context('staging-account'), context('production-account')],
});

function addShop(stackId: string, env: Environment, stage: FlaskStage): void {
  const stack = new Stack(app, stackId, { env, description: 'The shop, by the digest of its image' });
  // by its ARN: a name alone means a repository of the stage's own account
  const arn = `arn:aws:ecr:${context('region')}:${context('tools-account')}:repository/shop`;
  const images = Repository.fromRepositoryArn(stack, 'Images', arn);
  const web = new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromRepository(images, context('digest')),
    stage,
    healthCheck: FlaskHealthCheck.path('/health'),
    // until there is a domain: then Tls.forDomain()
    loadBalancing: LoadBalancing.internetFacing({ tls: Tls.disabled() }),
    monitoring: { alarms: { email: 'operators@example.com' } },
  });
  FlaskDatabase.postgres(web, 'Database', { version: PostgresEngineVersion.VER_17 });
  if (context('going-back') !== 'true') {
    // the migrations of an older image fail on a newer database
    web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'] });
  }
}

// without a digest there is the repository alone: one that was forgotten deploys nothing
if (context('digest')) {
  addShop('ShopStaging', environmentOf('staging'), FlaskStage.development());
  addShop('ShopProduction', environmentOf('production'), FlaskStage.production());
}
