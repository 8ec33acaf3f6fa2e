using System.Collections.Generic;
using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.ElasticLoadBalancingV2;
using CdkFlaskFargate;
using Constructs;

namespace SharedLoadBalancer;

internal class SharedLoadBalancerStack : Stack
{
    private readonly ICluster _cluster;
    private readonly IApplicationListener _listener;
    private readonly FlaskImage _image;

    public SharedLoadBalancerStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        var vpc = new Vpc(this, "Vpc", new VpcProps
        {
            MaxAzs = 2,
            NatGateways = 0,
            RestrictDefaultSecurityGroup = false,
            SubnetConfiguration = new[]
            {
                new SubnetConfiguration { Name = "Public", SubnetType = SubnetType.PUBLIC },
            },
        });
        _cluster = new Cluster(this, "Cluster", new ClusterProps { Vpc = vpc });
        var loadBalancer = new ApplicationLoadBalancer(this, "LoadBalancer", new ApplicationLoadBalancerProps
        {
            Vpc = vpc,
            InternetFacing = true,
            DropInvalidHeaderFields = true,
        });
        _listener = loadBalancer.AddListener("Http", new BaseApplicationListenerProps
        {
            Port = 80,
            DefaultAction = ListenerAction.FixedResponse(404, new FixedResponseOptions
            {
                ContentType = "text/plain",
                MessageBody = "no such service",
            }),
        });
        _image = FlaskImage.FromSource("../../sample-app", new FlaskSourceOptions { WsgiApp = "app:create_app()" });

        AddService("Shop", "shop", 20);
        AddService("Blog", "blog", 30);
    }

    private void AddService(string id, string name, double priority)
    {
        new FlaskFargateService(this, id, new FlaskFargateServiceProps
        {
            Image = _image,
            Stage = FlaskStage.Ephemeral(),
            Cluster = _cluster,
            Egress = Egress.PublicIps(),
            HealthCheck = FlaskHealthCheck.Path("/health"),
            Environment = new Dictionary<string, string>
            {
                ["FLASK_SERVICE_NAME"] = name,
                ["FLASK_URL_PREFIX"] = $"/{name}",
            },
            LoadBalancing = LoadBalancing.SharedListener(_listener, new SharedListenerOptions
            {
                Priority = priority,
                Paths = new[] { $"/{name}", $"/{name}/*" },
            }),
        });
    }
}
