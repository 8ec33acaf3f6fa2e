using System.Collections.Generic;
using Amazon.CDK;
using Amazon.CDK.AWS.EC2;
using Amazon.CDK.AWS.RDS;
using CdkFlaskFargate;
using Constructs;
using InstanceType = Amazon.CDK.AWS.EC2.InstanceType;

namespace Migrations;

internal class MigrationsStack : Stack
{
    private const string SampleApp = "../../sample-app";

    public MigrationsStack(Construct scope, string id, IStackProps? props = null) : base(scope, id, props)
    {
        var stage = FlaskStage.Ephemeral();

        var vpc = new Vpc(this, "Vpc", new VpcProps
        {
            MaxAzs = 2,
            NatGateways = 0,
            RestrictDefaultSecurityGroup = false,
            SubnetConfiguration = new[]
            {
                new SubnetConfiguration { Name = "Public", SubnetType = SubnetType.PUBLIC },
                new SubnetConfiguration { Name = "Data", SubnetType = SubnetType.PRIVATE_ISOLATED },
            },
        });

        // gone with its data when the stack goes: in production leave the last three lines out, and set DeletionProtection
        var database = new DatabaseInstance(this, "Database", new DatabaseInstanceProps
        {
            Engine = DatabaseInstanceEngine.Postgres(new PostgresInstanceEngineProps { Version = PostgresEngineVersion.VER_17 }),
            InstanceType = InstanceType.Of(InstanceClass.BURSTABLE4_GRAVITON, InstanceSize.MICRO),
            Vpc = vpc,
            VpcSubnets = new SubnetSelection { SubnetType = SubnetType.PRIVATE_ISOLATED },
            AllocatedStorage = 20,
            DatabaseName = "notes",
            Credentials = Credentials.FromGeneratedSecret("flask"),
            StorageEncrypted = true,
            RemovalPolicy = RemovalPolicy.DESTROY,
            BackupRetention = Duration.Days(0),
            DeleteAutomatedBackups = true,
        });

        var web = new FlaskFargateService(this, "Web", new FlaskFargateServiceProps
        {
            Image = FlaskImage.FromSource(SampleApp, new FlaskSourceOptions { WsgiApp = "app:create_app()" }),
            Stage = stage,
            Vpc = vpc,
            Egress = Egress.PublicIps(),
            HealthCheck = FlaskHealthCheck.Path("/health"),
            Environment = new Dictionary<string, string>
            {
                ["FLASK_SESSION_COOKIE_SECURE"] = "false", // as long as there is no HTTPS
            },
        });
        web.ConnectToDatabase(database, new DatabaseConnectionOptions
        {
            Variables = DatabaseVariables.URL,
            Scheme = "postgresql+psycopg",
        });
        web.UseSecretKey(new FlaskSecretKey(this, "SecretKey", new FlaskSecretKeyProps
        {
            Stage = stage,
            Rotation = true, // every 90 days, and no session is lost
        }));

        // with the new image, before the service changes to it; when it fails, the old version goes on
        web.AddReleaseTask("Migrate", new FlaskReleaseTaskOptions
        {
            Command = new[] { "flask", "db", "upgrade" },
            Timeout = Duration.Minutes(10),
        });
    }
}
