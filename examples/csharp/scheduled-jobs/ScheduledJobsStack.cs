using Amazon.CDK;
using Amazon.CDK.AWS.Scheduler;
using Amazon.CDK.AWS.SNS;
using Amazon.CDK.AWS.SNS.Subscriptions;
using CdkFlaskFargate;
using Constructs;
using TimeZone = Amazon.CDK.TimeZone;

namespace ScheduledJobs;

internal class ScheduledJobsStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public ScheduledJobsStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        var web = new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource(SampleApp, new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            Stage = FlaskStage.Ephemeral(),
            HealthCheck = FlaskHealthCheck.Path("/health"),
        });

        // at three in the morning of Berlin, in summer and in winter
        web.AddScheduledTask("Nightly", new FlaskScheduledTaskOptions
        {
            Command = new[] { "flask", "report" },
            Schedule = ScheduleExpression.Cron(new CronOptionsWithTimezone
            {
                Hour = "3",
                Minute = "0",
                TimeZone = TimeZone.EUROPE_BERLIN,
            }),
        });

        // up to 70 % cheaper; one that AWS interrupts is missed until the next
        web.AddScheduledTask("Frequent", new FlaskScheduledTaskOptions
        {
            Command = new[] { "flask", "report" },
            Schedule = ScheduleExpression.Rate(Duration.Minutes(30)),
            Capacity = Capacity.Spot(new SpotCapacityOptions { OnDemandBase = 0 }),
        });

        var operators = new Topic(this, "Operators", new TopicProps { EnforceSSL = true });
        operators.AddSubscription(new EmailSubscription(Node.TryGetContext("email") as string ?? "operators@example.com"));
        web.Alarms.SendTo(operators);
    }
}
