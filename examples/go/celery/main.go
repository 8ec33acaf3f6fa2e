package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewCeleryStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	// a job that failed three times waits here for somebody to look at it
	failed := awssqs.NewQueue(stack, jsii.String("FailedJobs"), &awssqs.QueueProps{
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
		EnforceSSL:      jsii.Bool(true),
	})
	jobs := awssqs.NewQueue(stack, jsii.String("Jobs"), &awssqs.QueueProps{
		VisibilityTimeout: awscdk.Duration_Minutes(jsii.Number(5)), // longer than the longest job, or a second worker takes it up
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: failed, MaxReceiveCount: jsii.Number(3)},
		EnforceSSL:        jsii.Bool(true),
	})

	web := flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		Stage:       flaskfargate.FlaskStage_Ephemeral(nil),
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		Environment: &map[string]*string{
			"FLASK_JOBS_QUEUE_URL":  jobs.QueueUrl(),
			"FLASK_TIDY_UP_SECONDS": jsii.String("10"), // often, so that you see it soon
		},
	})
	jobs.GrantSendMessages(web)
	jobs.GrantConsumeMessages(web) // all processes have the same role

	web.AddWorker(jsii.String("Worker"), &flaskfargate.FlaskWorkerOptions{
		Command: jsii.Strings("celery", "-A", "app.celery", "worker", "--concurrency", "2"),
		Scaling: flaskfargate.WorkerScaling_OnQueueDepth(jobs, &flaskfargate.QueueDepthScalingOptions{
			JobTime:        awscdk.Duration_Seconds(jsii.Number(30)),
			AcceptableWait: awscdk.Duration_Minutes(jsii.Number(2)),
			Slots:          jsii.Number(2), // the concurrency of Celery
			Max:            jsii.Number(4),
		}),
		TaskProtection: jsii.Bool(true),                          // the app asks for it while it is at work
		StopTimeout:    awscdk.Duration_Seconds(jsii.Number(60)), // to finish a job
	})

	// Celery beat sends what is due; two of them would send everything twice
	web.AddWorker(jsii.String("Beat"), &flaskfargate.FlaskWorkerOptions{
		// this scheduler keeps no file
		Command:   jsii.Strings("celery", "-A", "app.celery", "beat", "--scheduler", "celery.beat.Scheduler"),
		Singleton: jsii.Bool(true),
	})

	return stack
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewCeleryStack(app, "FlaskCelery", &awscdk.StackProps{
		Description: jsii.String("A Flask service whose long work is done by Celery, with a queue of Amazon SQS"),
	})
	app.Synth(nil)
}
