using Amazon.CDK;
using Celery;

var app = new App();

new CeleryStack(app, "FlaskCelery", new StackProps
{
    Description = "A Flask service whose long work is done by Celery, with a queue of Amazon SQS",
});

app.Synth();
