/** What an app stands on, one line each, as production has it. */
import { App, Stack } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { CacheUse, FlaskCache, FlaskDatabase, FlaskFargateService, FlaskImage, FlaskUploads } from 'cdk-flask-fargate';

const stack = new Stack(new App(), 'Data');
const web = new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromContainerImage(ContainerImage.fromRegistry('example.com/shop:1')),
});
FlaskDatabase.postgres(web, 'Database', { version: PostgresEngineVersion.VER_17_7 });
FlaskCache.valkey(web, 'Broker', { use: CacheUse.BROKER, version: '8.2' });
FlaskUploads.bucket(web, 'Uploads');
