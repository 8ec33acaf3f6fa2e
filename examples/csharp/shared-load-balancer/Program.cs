using Amazon.CDK;
using SharedLoadBalancer;

var app = new App();

new SharedLoadBalancerStack(app, "FlaskShared", new StackProps
{
    Description = "Two Flask services behind one load balancer",
});

app.Synth();
