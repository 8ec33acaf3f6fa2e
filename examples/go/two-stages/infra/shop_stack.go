package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

// ShopStackProps has what differs between stages.
type ShopStackProps struct {
	awscdk.StackProps
	Stage    flaskfargate.FlaskStage
	Greeting string
	// AlarmEmail is who gets a mail when an alarm goes off; nil is nobody.
	AlarmEmail *string
}

// NewShopStack makes the shop in one stage.
func NewShopStack(scope constructs.Construct, id string, props *ShopStackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, &props.StackProps)

	flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image:       flaskfargate.FlaskImage_FromSource(jsii.String("../app"), nil),
		Stage:       props.Stage,
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		Environment: &map[string]*string{"GREETING": &props.Greeting},
		// until there is a domain: then Tls_ForDomain
		LoadBalancing: flaskfargate.LoadBalancing_InternetFacing(&flaskfargate.LoadBalancingOptions{
			Tls: flaskfargate.Tls_Disabled(),
		}),
		Monitoring: &flaskfargate.MonitoringOptions{
			Alarms: &flaskfargate.AlarmOptions{Email: props.AlarmEmail},
		},
	})

	return stack
}
