package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewQuickstartStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)
	stage := flaskfargate.FlaskStage_Ephemeral(nil)

	// the repository of the guide: its outputs are the four commands that push an image
	repository := flaskfargate.NewFlaskRepository(stack, jsii.String("Repository"), &flaskfargate.FlaskRepositoryProps{
		RepositoryName: jsii.String("ecs-flask-app"),
		Stage:          stage,
	})

	web := flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image:       image(stack, repository),
		Stage:       stage,
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
	})
	web.AddTask(jsii.String("Report"), &flaskfargate.FlaskTaskOptions{
		Command: jsii.Strings("flask", "report"),
	})

	return stack
}

// `-c tag=1.0.0` runs what was pushed there under that tag; without it, the image is built from the source.
func image(scope constructs.Construct, repository flaskfargate.FlaskRepository) flaskfargate.FlaskImage {
	if tag, ok := scope.Node().TryGetContext(jsii.String("tag")).(string); ok {
		return flaskfargate.FlaskImage_FromRepository(repository, &tag, nil)
	}
	options := &flaskfargate.FlaskSourceOptions{WsgiApp: jsii.String("app:create_app()")}
	if baseImage, ok := scope.Node().TryGetContext(jsii.String("baseImage")).(string); ok {
		options.BaseImage = &baseImage
	}
	return flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), options)
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewQuickstartStack(app, "FlaskQuickstart", &awscdk.StackProps{
		Description: jsii.String("The sample Flask service on ECS with Fargate"),
	})
	app.Synth(nil)
}
