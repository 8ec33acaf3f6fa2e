using Amazon.CDK;
using ExistingVpc;

var app = new App();

var platform = new PlatformStack(app, "FlaskPlatform", new StackProps
{
    Description = "The network and the cluster of all services",
});

new ExistingVpcStack(app, "FlaskExistingVpc", platform.Cluster, new StackProps
{
    Description = "A Flask service for the company alone, in a VPC that is given",
});

app.Synth();
