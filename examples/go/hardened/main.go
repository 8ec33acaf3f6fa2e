package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewHardenedStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	key := awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{
		EnableKeyRotation: jsii.Bool(true),
		Description:       jsii.String("the logs and the alarms of the Flask service"),
	})
	logs := fmt.Sprintf("logs.%s.amazonaws.com", *stack.Region())
	key.GrantEncryptDecrypt(awsiam.NewServicePrincipal(&logs, nil))
	key.GrantEncryptDecrypt(awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil))

	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: context(stack, "zoneId", "Z0123456789EXAMPLE"),
		ZoneName:     context(stack, "zoneName", "example.com"),
	})

	web := flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		LoadBalancing: flaskfargate.LoadBalancing_InternetFacing(&flaskfargate.LoadBalancingOptions{
			Tls: flaskfargate.Tls_ForDomain(&flaskfargate.TlsDomainOptions{
				Zone:       zone,
				RecordName: jsii.String("vault"),
			}),
			WebAcl:         flaskfargate.WebAcl_ManagedRules(&flaskfargate.ManagedRulesOptions{LogRequests: jsii.Bool(true)}),
			ConnectionLogs: jsii.Bool(true),
		}),
		Logging: &flaskfargate.LoggingOptions{EncryptionKey: key},
	})
	web.Alarms().SendTo(awssns.NewTopic(stack, jsii.String("Operators"), &awssns.TopicProps{
		MasterKey:  key,
		EnforceSSL: jsii.Bool(true),
	}), nil)

	return stack
}

// context returns the value given with `-c key=value`, or the fallback.
func context(scope constructs.Construct, key, fallback string) *string {
	if value, ok := scope.Node().TryGetContext(&key).(string); ok {
		return &value
	}
	return &fallback
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewHardenedStack(app, "FlaskHardened", &awscdk.StackProps{
		Description: jsii.String("A Flask service with everything that auditors ask for"),
		Env: &awscdk.Environment{
			Region: context(app, "region", "us-east-1"), // access logs need a region that is known
		},
	})
	app.Synth(nil)
}
