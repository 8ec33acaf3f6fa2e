using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.Route53;
using Amazon.CDK.AWS.SNS;
using CdkFlaskFargate;
using Constructs;

namespace Hardened;

internal class HardenedStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public HardenedStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        var key = new Key(this, "Key", new KeyProps
        {
            EnableKeyRotation = true,
            Description = "the logs and the alarms of the Flask service",
        });
        key.GrantEncryptDecrypt(new ServicePrincipal($"logs.{Region}.amazonaws.com"));
        key.GrantEncryptDecrypt(new ServicePrincipal("cloudwatch.amazonaws.com"));

        var zone = HostedZone.FromHostedZoneAttributes(this, "Zone", new HostedZoneAttributes
        {
            HostedZoneId = Node.TryGetContext("zoneId") as string ?? "Z0123456789EXAMPLE",
            ZoneName = Node.TryGetContext("zoneName") as string ?? "example.com",
        });

        var web = new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource(SampleApp, new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            HealthCheck = FlaskHealthCheck.Path("/health"),
            LoadBalancing = LoadBalancing.InternetFacing(new LoadBalancingOptions
            {
                Tls = Tls.ForDomain(new TlsDomainOptions { Zone = zone, RecordName = "vault" }),
                WebAcl = WebAcl.ManagedRules(new ManagedRulesOptions { LogRequests = true }),
                ConnectionLogs = true,
            }),
            Logging = new LoggingOptions { EncryptionKey = key },
        });
        web.Alarms.SendTo(new Topic(this, "Operators", new TopicProps { MasterKey = key, EnforceSSL = true }));
    }
}
