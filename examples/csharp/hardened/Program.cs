using Amazon.CDK;
using Environment = Amazon.CDK.Environment;
using Hardened;

var app = new App();

new HardenedStack(app, "FlaskHardened", new StackProps
{
    Description = "A Flask service with everything that auditors ask for",
    Env = new Environment
    {
        // access logs need a region that is known
        Region = app.Node.TryGetContext("region") as string ?? "us-east-1",
    },
});

app.Synth();
