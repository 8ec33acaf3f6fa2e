using System.Collections.Generic;
using Amazon.CDK;
using CdkFlaskFargate;
using Constructs;

namespace Platform;

internal class ServiceStack : Stack
{
    public ServiceStack(Construct scope, string id) : base(scope, id, new StackProps
    {
        Description = "A Flask service on a platform",
    })
    {
    }

    public FlaskFargateService AddService(string id, string name, LoadBalancing loadBalancing)
    {
        return new FlaskFargateService(this, id, new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource("../../sample-app", new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            Stage = FlaskStage.Ephemeral(),
            HealthCheck = FlaskHealthCheck.Path("/health"),
            Environment = new Dictionary<string, string>
            {
                ["FLASK_SERVICE_NAME"] = name,
                ["FLASK_URL_PREFIX"] = $"/{name}",
            },
            LoadBalancing = loadBalancing,
        });
    }
}
