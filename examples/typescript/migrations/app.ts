import * as path from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  DatabaseVariables,
  Egress,
  FlaskFargateService,
  FlaskHealthCheck,
  FlaskImage,
  FlaskSecretKey,
  FlaskStage,
} from 'cdk-flask-fargate';

const app = new App();
const stack = new Stack(app, 'FlaskMigrations', { description: 'A Flask service with a database, migrated before each new version' });
const stage = FlaskStage.ephemeral();

const vpc = new Vpc(stack, 'Vpc', {
  maxAzs: 2,
  natGateways: 0,
  restrictDefaultSecurityGroup: false,
  subnetConfiguration: [
    { name: 'Public', subnetType: SubnetType.PUBLIC },
    { name: 'Data', subnetType: SubnetType.PRIVATE_ISOLATED },
  ],
});

// gone with its data when the stack goes: in production leave the last three lines out, and set deletionProtection
const database = new DatabaseInstance(stack, 'Database', {
  engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
  instanceType: InstanceType.of(InstanceClass.BURSTABLE4_GRAVITON, InstanceSize.MICRO),
  vpc,
  vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
  allocatedStorage: 20,
  databaseName: 'notes',
  credentials: Credentials.fromGeneratedSecret('flask'),
  storageEncrypted: true,
  removalPolicy: RemovalPolicy.DESTROY,
  backupRetention: Duration.days(0),
  deleteAutomatedBackups: true,
});

const web = new FlaskFargateService(stack, 'Web', {
  image: FlaskImage.fromSource(path.join(__dirname, '../../sample-app'), { wsgiApp: 'app:create_app()' }),
  stage,
  vpc,
  egress: Egress.publicIps(),
  healthCheck: FlaskHealthCheck.path('/health'),
  environment: { FLASK_SESSION_COOKIE_SECURE: 'false' }, // as long as there is no HTTPS
});
web.connectToDatabase(database, { variables: DatabaseVariables.URL, scheme: 'postgresql+psycopg' });
web.useSecretKey(new FlaskSecretKey(stack, 'SecretKey', { stage, rotation: true })); // every 90 days, and no session is lost

// with the new image, before the service changes to it; when it fails, the old version goes on
web.addReleaseTask('Migrate', { command: ['flask', 'db', 'upgrade'], timeout: Duration.minutes(10) });
