package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewMigrationsStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)
	stage := flaskfargate.FlaskStage_Ephemeral(nil)

	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:                       jsii.Number(2),
		NatGateways:                  jsii.Number(0),
		RestrictDefaultSecurityGroup: jsii.Bool(false),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Public"), SubnetType: awsec2.SubnetType_PUBLIC},
			{Name: jsii.String("Data"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		},
	})

	// gone with its data when the stack goes: in production leave the last three lines out, and set DeletionProtection
	database := awsrds.NewDatabaseInstance(stack, jsii.String("Database"), &awsrds.DatabaseInstanceProps{
		Engine: awsrds.DatabaseInstanceEngine_Postgres(&awsrds.PostgresInstanceEngineProps{
			Version: awsrds.PostgresEngineVersion_VER_17(),
		}),
		InstanceType:           awsec2.InstanceType_Of(awsec2.InstanceClass_BURSTABLE4_GRAVITON, awsec2.InstanceSize_MICRO),
		Vpc:                    vpc,
		VpcSubnets:             &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		AllocatedStorage:       jsii.Number(20),
		DatabaseName:           jsii.String("notes"),
		Credentials:            awsrds.Credentials_FromGeneratedSecret(jsii.String("flask"), nil),
		StorageEncrypted:       jsii.Bool(true),
		RemovalPolicy:          awscdk.RemovalPolicy_DESTROY,
		BackupRetention:        awscdk.Duration_Days(jsii.Number(0)),
		DeleteAutomatedBackups: jsii.Bool(true),
	})

	web := flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		Stage:       stage,
		Vpc:         vpc,
		Egress:      flaskfargate.Egress_PublicIps(),
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		Environment: &map[string]*string{
			"FLASK_SESSION_COOKIE_SECURE": jsii.String("false"), // as long as there is no HTTPS
		},
	})
	web.ConnectToDatabase(database, &flaskfargate.DatabaseConnectionOptions{
		Variables: flaskfargate.DatabaseVariables_URL,
		Scheme:    jsii.String("postgresql+psycopg"),
	})
	web.UseSecretKey(flaskfargate.NewFlaskSecretKey(stack, jsii.String("SecretKey"), &flaskfargate.FlaskSecretKeyProps{
		Stage:    stage,
		Rotation: jsii.Bool(true), // every 90 days, and no session is lost
	}))

	// with the new image, before the service changes to it; when it fails, the old version goes on
	web.AddReleaseTask(jsii.String("Migrate"), &flaskfargate.FlaskReleaseTaskOptions{
		Command: jsii.Strings("flask", "db", "upgrade"),
		Timeout: awscdk.Duration_Minutes(jsii.Number(10)),
	})

	return stack
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewMigrationsStack(app, "FlaskMigrations", &awscdk.StackProps{
		Description: jsii.String("A Flask service with a database, migrated before each new version"),
	})
	app.Synth(nil)
}
