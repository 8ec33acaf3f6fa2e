using System.Collections.Generic;
using Amazon.CDK;
using CdkFlaskFargate;
using Constructs;

namespace TwoStages;

/// <summary>The shop in one stage: what differs between stages is in its arguments.</summary>
internal class ShopStack : Stack
{
    public ShopStack(Construct scope, string id, FlaskStage stage, string greeting, string? alarmEmail = null, IStackProps? props = null)
        : base(scope, id, props)
    {
        new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource("../app"),
            Stage = stage,
            HealthCheck = FlaskHealthCheck.Path("/health"),
            Environment = new Dictionary<string, string> { ["GREETING"] = greeting },
            // until there is a domain: then Tls.ForDomain()
            LoadBalancing = LoadBalancing.InternetFacing(new LoadBalancingOptions { Tls = Tls.Disabled() }),
            Monitoring = new MonitoringOptions { Alarms = new AlarmOptions { Email = alarmEmail } },
        });
    }
}
