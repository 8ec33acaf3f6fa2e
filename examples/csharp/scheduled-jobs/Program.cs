using Amazon.CDK;
using ScheduledJobs;

var app = new App();

new ScheduledJobsStack(app, "FlaskScheduledJobs", new StackProps
{
    Description = "A Flask service with commands that run at certain times",
});

app.Synth();
