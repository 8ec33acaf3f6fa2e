using Amazon.CDK;
using CdkFlaskFargate;
using TwoStages;

var app = new App();

new ShopStack(app, "FlaskStaging", FlaskStage.Development(), "Hello from staging", props: new StackProps
{
    Description = "The shop, in staging",
});
new ShopStack(app, "FlaskProduction", FlaskStage.Production(), "Hello from production", "operators@example.com", new StackProps
{
    Description = "The shop, in production",
});

app.Synth();
