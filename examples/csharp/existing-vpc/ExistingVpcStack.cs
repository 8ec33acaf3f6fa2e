using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.ECS;
using CdkFlaskFargate;
using Constructs;

namespace ExistingVpc;

internal class ExistingVpcStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public ExistingVpcStack(Construct scope, string id, ICluster cluster, IStackProps? props = null) : base(scope, id, props)
    {
        new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource(SampleApp, new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            Cluster = cluster, // and with it its VPC; the tasks go to its private subnets
            HealthCheck = FlaskHealthCheck.Path("/health"),
            LoadBalancing = LoadBalancing.Internal(new LoadBalancingOptions
            {
                Tls = Tls.Disabled(),
                AllowFrom = new[] { Peer.Ipv4("10.0.0.0/8") },
            }),
        });
    }
}
