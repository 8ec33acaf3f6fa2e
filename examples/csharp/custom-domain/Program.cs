using Amazon.CDK;
using CustomDomain;

var app = new App();

new CustomDomainStack(app, "FlaskCustomDomain", new StackProps
{
    Description = "A Flask service with HTTPS and a name of its own",
});

app.Synth();
