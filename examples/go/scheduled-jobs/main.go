package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewScheduledJobsStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	web := flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		Stage:       flaskfargate.FlaskStage_Ephemeral(nil),
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
	})

	// at three in the morning of Berlin, in summer and in winter
	web.AddScheduledTask(jsii.String("Nightly"), &flaskfargate.FlaskScheduledTaskOptions{
		Command: jsii.Strings("flask", "report"),
		Schedule: awsscheduler.ScheduleExpression_Cron(&awsscheduler.CronOptionsWithTimezone{
			Hour:     jsii.String("3"),
			Minute:   jsii.String("0"),
			TimeZone: awscdk.TimeZone_EUROPE_BERLIN(),
		}),
	})

	// up to 70 % cheaper; one that AWS interrupts is missed until the next
	web.AddScheduledTask(jsii.String("Frequent"), &flaskfargate.FlaskScheduledTaskOptions{
		Command:  jsii.Strings("flask", "report"),
		Schedule: awsscheduler.ScheduleExpression_Rate(awscdk.Duration_Minutes(jsii.Number(30))),
		Capacity: flaskfargate.Capacity_Spot(&flaskfargate.SpotCapacityOptions{OnDemandBase: jsii.Number(0)}),
	})

	email, ok := stack.Node().TryGetContext(jsii.String("email")).(string)
	if !ok {
		email = "operators@example.com"
	}
	operators := awssns.NewTopic(stack, jsii.String("Operators"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
	operators.AddSubscription(awssnssubscriptions.NewEmailSubscription(&email, nil))
	web.Alarms().SendTo(operators, nil)

	return stack
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewScheduledJobsStack(app, "FlaskScheduledJobs", &awscdk.StackProps{
		Description: jsii.String("A Flask service with commands that run at certain times"),
	})
	app.Synth(nil)
}
