package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

func NewSharedLoadBalancerStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:                       jsii.Number(2),
		NatGateways:                  jsii.Number(0),
		RestrictDefaultSecurityGroup: jsii.Bool(false),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Public"), SubnetType: awsec2.SubnetType_PUBLIC},
		},
	})
	cluster := awsecs.NewCluster(stack, jsii.String("Cluster"), &awsecs.ClusterProps{Vpc: vpc})
	loadBalancer := awselasticloadbalancingv2.NewApplicationLoadBalancer(stack, jsii.String("LoadBalancer"),
		&awselasticloadbalancingv2.ApplicationLoadBalancerProps{
			Vpc:                     vpc,
			InternetFacing:          jsii.Bool(true),
			DropInvalidHeaderFields: jsii.Bool(true),
		})
	listener := loadBalancer.AddListener(jsii.String("Http"), &awselasticloadbalancingv2.BaseApplicationListenerProps{
		Port: jsii.Number(80),
		DefaultAction: awselasticloadbalancingv2.ListenerAction_FixedResponse(jsii.Number(404),
			&awselasticloadbalancingv2.FixedResponseOptions{
				ContentType: jsii.String("text/plain"),
				MessageBody: jsii.String("no such service"),
			}),
	})
	image := flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
		WsgiApp: jsii.String("app:create_app()"),
	})

	services := []struct {
		id, name string
		priority float64
	}{
		{"Shop", "shop", 20},
		{"Blog", "blog", 30},
	}
	for _, service := range services {
		path := "/" + service.name
		flaskfargate.NewFlaskFargateService(stack, &service.id, &flaskfargate.FlaskFargateServiceProps{
			Image:       image,
			Stage:       flaskfargate.FlaskStage_Ephemeral(nil),
			Cluster:     cluster,
			Egress:      flaskfargate.Egress_PublicIps(),
			HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
			Environment: &map[string]*string{
				"FLASK_SERVICE_NAME": &service.name,
				"FLASK_URL_PREFIX":   &path,
			},
			LoadBalancing: flaskfargate.LoadBalancing_SharedListener(listener, &flaskfargate.SharedListenerOptions{
				Priority: &service.priority,
				Paths:    jsii.Strings(path, path+"/*"),
			}),
		})
	}

	return stack
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewSharedLoadBalancerStack(app, "FlaskShared", &awscdk.StackProps{
		Description: jsii.String("Two Flask services behind one load balancer"),
	})
	app.Synth(nil)
}
