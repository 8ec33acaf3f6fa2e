using Amazon.CDK;
using CdkFlaskFargate;
using Constructs;

namespace Quickstart;

internal class QuickstartStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public QuickstartStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        var stage = FlaskStage.Ephemeral();

        // the repository of the guide: its outputs are the four commands that push an image
        var repository = new FlaskRepository(this, "Repository", new FlaskRepositoryProps
        {
            RepositoryName = "ecs-flask-app",
            Stage = stage,
        });

        // `-c tag=1.0.0` runs what was pushed there under that tag; without it, the image is built from the source
        var image = Node.TryGetContext("tag") is string tag
            ? FlaskImage.FromRepository(repository, tag)
            : FlaskImage.FromSource(SampleApp, new FlaskSourceOptions
            {
                WsgiApp = "app:create_app()",
                BaseImage = Node.TryGetContext("baseImage") as string,
            });

        var web = new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = image,
            Stage = stage,
            HealthCheck = FlaskHealthCheck.Path("/health"),
        });
        web.AddTask("Report", new FlaskTaskOptions { Command = new[] { "flask", "report" } });
    }
}
