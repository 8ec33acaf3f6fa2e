using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.CloudWatch.Actions;
using Amazon.CDK.AWS.SNS;
using Amazon.CDK.AWS.SNS.Subscriptions;
using CdkFlaskFargate;
using Constructs;

namespace Monitoring;

internal class MonitoringStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public MonitoringStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        var web = new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource(SampleApp, new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            Stage = FlaskStage.Development(),
            HealthCheck = FlaskHealthCheck.Path("/health"),
            LoadBalancing = LoadBalancing.InternetFacing(new LoadBalancingOptions { Tls = Tls.Disabled() }),
            Monitoring = new MonitoringOptions
            {
                Dashboard = true,
                Alarms = new AlarmOptions
                {
                    Enabled = true,
                    Slo = new ServiceLevelObjective { Target = 99.5, Latency = Duration.Seconds(1) },
                    TurnOff = new[] { FlaskAlarm.MEMORY },
                },
            },
        });

        var topic = new Topic(this, "Operators", new TopicProps { EnforceSSL = true });
        topic.AddSubscription(new EmailSubscription(Node.TryGetContext("email") as string ?? "operators@example.com"));
        web.Alarms.SendTo(topic, new AlarmNotificationOptions { NotifyOk = true });

        // an alarm of your own from the metrics of the service
        var quiet = new Alarm(this, "Quiet", new AlarmProps
        {
            Metric = web.Metrics.RequestCount(new MetricOptions { Period = Duration.Minutes(15) }),
            Threshold = 1,
            EvaluationPeriods = 1,
            ComparisonOperator = ComparisonOperator.LESS_THAN_THRESHOLD,
            AlarmDescription = "nobody has asked for anything in a quarter of an hour",
        });
        quiet.AddAlarmAction(new SnsAction(topic));
    }
}
