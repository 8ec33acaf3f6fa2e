import * as path from 'node:path';
import { App, type CfnOutput, type Environment, Stack, Stage } from 'aws-cdk-lib';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import { FlaskFargateService, FlaskHealthCheck, FlaskImage, FlaskStage, LoadBalancing, Tls } from 'cdk-flask-fargate';

const app = new App();
const context = (name: string): string => app.node.tryGetContext(name);
const environmentOf = (name: string): Environment => ({ account: context(`${name}-account`), region: context('region') });

/** One stage of the pipeline: the shop in an account of its own. */
class Shop extends Stage {
  public readonly url: CfnOutput;

  public constructor(id: string, env: Environment, stage: FlaskStage) {
    super(app, id, { env });
    const stack = new Stack(this, 'Shop', { description: 'The shop, by a pipeline' });
    const web = new FlaskFargateService(stack, 'Web', {
      // the same source with the same port and server is one image: it is built once and pushed to both accounts
      image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
      stage,
      healthCheck: FlaskHealthCheck.path('/health'),
      // until there is a domain: then Tls.forDomain()
      loadBalancing: LoadBalancing.internetFacing({ tls: Tls.disabled() }),
      monitoring: { alarms: { email: 'operators@example.com' } },
    });
    web.addReleaseTask('Report', { command: ['flask', 'report'] });
    this.url = web.outputs?.url as CfnOutput;
  }
}

const tools = new Stack(app, 'ShopPipeline', { env: environmentOf('tools'), description: 'The pipeline of the shop' });
const pipeline = new CodePipeline(tools, 'Pipeline', {
  pipelineType: PipelineType.V2,
  crossAccountKeys: true,
  // else each commit changes the pipeline itself first
  publishAssetsInParallel: false,
  synth: new ShellStep('Synth', {
    input: CodePipelineSource.connection('my-org/shop', 'main', {
      connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/a1b2c3d4-0000-4000-8000-000000000000',
    }),
    commands: ['pip install -r requirements.txt', 'npx aws-cdk@2 synth'],
  }),
});

const staging = new Shop('ShopStaging', environmentOf('staging'), FlaskStage.development());
const smokeTest = new ShellStep('SmokeTest', {
  envFromCfnOutputs: { URL: staging.url },
  commands: ['curl --fail --retry 5 --retry-all-errors "$URL/health"'],
});
pipeline.addStage(staging, { post: [smokeTest] });
const production = new Shop('ShopProduction', environmentOf('production'), FlaskStage.production());
pipeline.addStage(production, { pre: [new ManualApprovalStep('Approve')] });
