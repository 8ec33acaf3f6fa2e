package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func newServiceStack(scope constructs.Construct, id string) awscdk.Stack {
	return awscdk.NewStack(scope, &id, &awscdk.StackProps{
		Description: jsii.String("A Flask service on a platform"),
	})
}

func addService(stack awscdk.Stack, id string, loadBalancing flaskfargate.LoadBalancing) flaskfargate.FlaskFargateService {
	name := strings.ToLower(id)
	return flaskfargate.NewFlaskFargateService(stack, &id, &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		Stage:       flaskfargate.FlaskStage_Ephemeral(nil),
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		Environment: &map[string]*string{
			"FLASK_SERVICE_NAME": &name,
			"FLASK_URL_PREFIX":   jsii.String("/" + name),
		},
		LoadBalancing: loadBalancing,
	})
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	platformStack := awscdk.NewStack(app, jsii.String("FlaskPlatform"), &awscdk.StackProps{
		Description: jsii.String("What the Flask services of a team share"),
	})
	platform := flaskfargate.NewFlaskPlatform(platformStack, jsii.String("Platform"), &flaskfargate.FlaskPlatformProps{
		Name:                 jsii.String("examples"),
		Stage:                flaskfargate.FlaskStage_Ephemeral(nil),
		InternalLoadBalancer: jsii.Bool(true),
	})

	shop := addService(newServiceStack(app, "FlaskShop"), "Shop", flaskfargate.LoadBalancing_OnPlatform(platform, nil))
	shop.DiscoverServices(nil)
	orders := addService(newServiceStack(app, "FlaskOrders"), "Orders",
		flaskfargate.LoadBalancing_OnPlatform(platform, &flaskfargate.PlatformServiceOptions{Internal: jsii.Bool(true)}))
	orders.DiscoverableAs(jsii.String("orders"), nil)
	addService(newServiceStack(app, "FlaskMailer"), "Mailer",
		flaskfargate.LoadBalancing_OnPlatform(platform, &flaskfargate.PlatformServiceOptions{Route: jsii.Bool(false)}))
	// as the app of another repository does it, which knows the name alone
	blogStack := newServiceStack(app, "FlaskBlog")
	named := flaskfargate.FlaskPlatform_FromName(blogStack, jsii.String("Platform"), jsii.String("examples"))
	addService(blogStack, "Blog", flaskfargate.LoadBalancing_OnPlatform(named, nil))

	app.Synth(nil)
}
