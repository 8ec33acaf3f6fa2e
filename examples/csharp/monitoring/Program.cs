using Amazon.CDK;
using Monitoring;

var app = new App();

new MonitoringStack(app, "FlaskMonitoring", new StackProps
{
    Description = "A Flask service that tells when something is wrong",
});

app.Synth();
