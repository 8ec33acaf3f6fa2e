package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-flask-fargate/cdk-flask-fargate-go/flaskfargate"
)

const sampleApp = "../../sample-app"

// NewPlatformStack makes what a platform team owns; in an account of yours it may be awsec2.Vpc_FromLookup and
// awsecs.Cluster_FromClusterAttributes.
func NewPlatformStack(scope constructs.Construct, id string, props *awscdk.StackProps) awsecs.Cluster {
	stack := awscdk.NewStack(scope, &id, props)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:                       jsii.Number(2),
		NatGateways:                  jsii.Number(1),
		RestrictDefaultSecurityGroup: jsii.Bool(false),
	})
	return awsecs.NewCluster(stack, jsii.String("Cluster"), &awsecs.ClusterProps{Vpc: vpc})
}

func NewExistingVpcStack(scope constructs.Construct, id string, cluster awsecs.ICluster, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)

	flaskfargate.NewFlaskFargateService(stack, jsii.String("Web"), &flaskfargate.FlaskFargateServiceProps{
		Image: flaskfargate.FlaskImage_FromSource(jsii.String(sampleApp), &flaskfargate.FlaskSourceOptions{
			WsgiApp: jsii.String("app:create_app()"),
		}),
		Cluster:     cluster, // and with it its VPC; the tasks go to its private subnets
		HealthCheck: flaskfargate.FlaskHealthCheck_Path(jsii.String("/health"), nil),
		LoadBalancing: flaskfargate.LoadBalancing_Internal(&flaskfargate.LoadBalancingOptions{
			Tls:       flaskfargate.Tls_Disabled(),
			AllowFrom: &[]awsec2.IPeer{awsec2.Peer_Ipv4(jsii.String("10.0.0.0/8"))},
		}),
	})

	return stack
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	cluster := NewPlatformStack(app, "FlaskPlatform", &awscdk.StackProps{
		Description: jsii.String("The network and the cluster of all services"),
	})
	NewExistingVpcStack(app, "FlaskExistingVpc", cluster, &awscdk.StackProps{
		Description: jsii.String("A Flask service for the company alone, in a VPC that is given"),
	})
	app.Synth(nil)
}
