package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewMonitoringStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	web := flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		Stage:       flaskfargate.FlaskStage_Development(nil),
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		LoadBalancing: flaskfargate.LoadBalancing_InternetFacing(&flaskfargate.LoadBalancingOptions{
			Tls: flaskfargate.Tls_Disabled(),
		}),
		Monitoring: &flaskfargate.MonitoringOptions{
			Dashboard: jsii.Bool(true),
			Alarms: &flaskfargate.AlarmOptions{
				Enabled: jsii.Bool(true),
				Slo: &flaskfargate.ServiceLevelObjective{
					Target:  jsii.Number(99.5),
					Latency: awscdk.Duration_Seconds(jsii.Number(1)),
				},
				TurnOff: &[]flaskfargate.FlaskAlarm{flaskfargate.FlaskAlarm_MEMORY},
			},
		},
	})

	email, ok := stack.Node().TryGetContext(jsii.String("email")).(string)
	if !ok {
		email = "operators@example.com"
	}
	topic := awssns.NewTopic(stack, jsii.String("Operators"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
	topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(&email, nil))
	web.Alarms().SendTo(topic, &flaskfargate.AlarmNotificationOptions{NotifyOk: jsii.Bool(true)})

	// an alarm of your own from the metrics of the service
	quiet := awscloudwatch.NewAlarm(stack, jsii.String("Quiet"), &awscloudwatch.AlarmProps{
		Metric: web.Metrics().RequestCount(&awscloudwatch.MetricOptions{
			Period: awscdk.Duration_Minutes(jsii.Number(15)),
		}),
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD,
		AlarmDescription:   jsii.String("nobody has asked for anything in a quarter of an hour"),
	})
	quiet.AddAlarmAction(awscloudwatchactions.NewSnsAction(topic))

	return stack
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewMonitoringStack(app, "FlaskMonitoring", &awscdk.StackProps{
		Description: jsii.String("A Flask service that tells when something is wrong"),
	})
	app.Synth(nil)
}
