package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewShopStack(app, "FlaskStaging", &ShopStackProps{
		StackProps: awscdk.StackProps{Description: jsii.String("The shop, in staging")},
		Stage:      flaskfargate.FlaskStage_Development(nil),
		Greeting:   "Hello from staging",
	})
	NewShopStack(app, "FlaskProduction", &ShopStackProps{
		StackProps: awscdk.StackProps{Description: jsii.String("The shop, in production")},
		Stage:      flaskfargate.FlaskStage_Production(nil),
		Greeting:   "Hello from production",
		AlarmEmail: jsii.String("operators@example.com"),
	})
	app.Synth(nil)
}
