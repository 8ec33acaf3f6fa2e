using Amazon.CDK;
using BlueGreen;

var app = new App();

new BlueGreenStack(app, "FlaskCanary", new StackProps
{
    Description = "A Flask service whose new versions prove themselves on a tenth of the requests",
});

app.Synth();
