using Amazon.CDK;
using Amazon.CDK.AWS.Route53;
using CdkFlaskFargate;
using Constructs;

namespace CustomDomain;

internal class CustomDomainStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public CustomDomainStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        // `-c zoneId=Z… -c zoneName=your.domain`: a public hosted zone of yours
        var zone = HostedZone.FromHostedZoneAttributes(this, "Zone", new HostedZoneAttributes
        {
            HostedZoneId = Node.TryGetContext("zoneId") as string ?? "Z0123456789EXAMPLE",
            ZoneName = Node.TryGetContext("zoneName") as string ?? "example.com",
        });

        new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource(SampleApp, new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            HealthCheck = FlaskHealthCheck.Path("/health"),
            LoadBalancing = LoadBalancing.InternetFacing(new LoadBalancingOptions
            {
                Tls = Tls.ForDomain(new TlsDomainOptions { Zone = zone, RecordName = "shop" }),
            }),
        });
    }
}
