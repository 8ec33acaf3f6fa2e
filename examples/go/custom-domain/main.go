package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewCustomDomainStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	// `-c zoneId=Z… -c zoneName=your.domain`: a public hosted zone of yours
	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: context(stack, "zoneId", "Z0123456789EXAMPLE"),
		ZoneName:     context(stack, "zoneName", "example.com"),
	})

	flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		LoadBalancing: flaskfargate.LoadBalancing_InternetFacing(&flaskfargate.LoadBalancingOptions{
			Tls: flaskfargate.Tls_ForDomain(&flaskfargate.TlsDomainOptions{
				Zone:       zone,
				RecordName: jsii.String("shop"),
			}),
		}),
	})

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
	NewCustomDomainStack(app, "FlaskCustomDomain", &awscdk.StackProps{
		Description: jsii.String("A Flask service with HTTPS and a name of its own"),
	})
	app.Synth(nil)
}
