package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewBlueGreenStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		LoadBalancing: flaskfargate.LoadBalancing_InternetFacing(&flaskfargate.LoadBalancingOptions{
			Tls: flaskfargate.Tls_Disabled(),
		}),
		Deployment: flaskfargate.FlaskDeployment_Canary(&flaskfargate.CanaryDeploymentOptions{
			CanaryPercent:  jsii.Number(10),
			CanaryBakeTime: awscdk.Duration_Minutes(jsii.Number(5)),
			BakeTime:       awscdk.Duration_Minutes(jsii.Number(10)),
			TestPort:       jsii.Number(8443),
		}),
		Monitoring: &flaskfargate.MonitoringOptions{
			Alarms: &flaskfargate.AlarmOptions{
				StopDeploymentOn: &[]flaskfargate.FlaskAlarm{
					flaskfargate.FlaskAlarm_DEPLOYMENT_ERRORS,
					flaskfargate.FlaskAlarm_DEPLOYMENT_LATENCY,
				},
				MaxDeploymentErrorPercent: jsii.Number(2),
				MaxDeploymentSlowPercent:  jsii.Number(10),
			},
		},
	})

	return stack
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewBlueGreenStack(app, "FlaskCanary", &awscdk.StackProps{
		Description: jsii.String("A Flask service whose new versions prove themselves on a tenth of the requests"),
	})
	app.Synth(nil)
}
