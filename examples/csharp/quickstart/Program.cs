using Amazon.CDK;
using Quickstart;

var app = new App();

new QuickstartStack(app, "FlaskQuickstart", new StackProps
{
    Description = "The sample Flask service on ECS with Fargate",
});

app.Synth();
