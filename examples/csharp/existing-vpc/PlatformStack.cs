using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.ECS;
using Constructs;

namespace ExistingVpc;

/// <summary>
/// What a platform team owns; in an account of yours it may be Vpc.FromLookup() and Cluster.FromClusterAttributes().
/// </summary>
internal class PlatformStack : Stack
{
    public ICluster Cluster { get; }

    public PlatformStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        var vpc = new Vpc(this, "Vpc", new VpcProps
        {
            MaxAzs = 2,
            NatGateways = 1,
            RestrictDefaultSecurityGroup = false,
        });
        Cluster = new Cluster(this, "Cluster", new ClusterProps { Vpc = vpc });
    }
}
