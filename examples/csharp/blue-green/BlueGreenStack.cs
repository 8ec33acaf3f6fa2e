using Amazon.CDK;
using CdkFlaskFargate;
using Constructs;

namespace BlueGreen;

internal class BlueGreenStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public BlueGreenStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource(SampleApp, new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            HealthCheck = FlaskHealthCheck.Path("/health"),
            LoadBalancing = LoadBalancing.InternetFacing(new LoadBalancingOptions { Tls = Tls.Disabled() }),
            Deployment = FlaskDeployment.Canary(new CanaryDeploymentOptions
            {
                CanaryPercent = 10,
                CanaryBakeTime = Duration.Minutes(5),
                BakeTime = Duration.Minutes(10),
                TestPort = 8443,
            }),
            Monitoring = new MonitoringOptions
            {
                Alarms = new AlarmOptions
                {
                    StopDeploymentOn = new[] { FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY },
                    MaxDeploymentErrorPercent = 2,
                    MaxDeploymentSlowPercent = 10,
                },
            },
        });
    }
}
