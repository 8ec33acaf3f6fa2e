package com.example.migrations;

import io.github.cdkflaskfargate.DatabaseConnectionOptions;
import io.github.cdkflaskfargate.DatabaseVariables;
import io.github.cdkflaskfargate.Egress;
import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskReleaseTaskOptions;
import io.github.cdkflaskfargate.FlaskSecretKey;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.FlaskStage;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.ec2.InstanceClass;
import software.amazon.awscdk.services.ec2.InstanceSize;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.rds.Credentials;
import software.amazon.awscdk.services.rds.DatabaseInstance;
import software.amazon.awscdk.services.rds.DatabaseInstanceEngine;
import software.amazon.awscdk.services.rds.PostgresEngineVersion;
import software.amazon.awscdk.services.rds.PostgresInstanceEngineProps;
import software.constructs.Construct;

public class MigrationsStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public MigrationsStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        var stage = FlaskStage.ephemeral();

        var vpc = Vpc.Builder.create(this, "Vpc")
                .maxAzs(2)
                .natGateways(0)
                .restrictDefaultSecurityGroup(false)
                .subnetConfiguration(List.of(
                        SubnetConfiguration.builder()
                                .name("Public")
                                .subnetType(SubnetType.PUBLIC)
                                .build(),
                        SubnetConfiguration.builder()
                                .name("Data")
                                .subnetType(SubnetType.PRIVATE_ISOLATED)
                                .build()))
                .build();

        // gone with its data when the stack goes: in production leave the last three lines out, and set deletionProtection
        var database = DatabaseInstance.Builder.create(this, "Database")
                .engine(DatabaseInstanceEngine.postgres(PostgresInstanceEngineProps.builder()
                        .version(PostgresEngineVersion.VER_17)
                        .build()))
                .instanceType(InstanceType.of(InstanceClass.BURSTABLE4_GRAVITON, InstanceSize.MICRO))
                .vpc(vpc)
                .vpcSubnets(SubnetSelection.builder()
                        .subnetType(SubnetType.PRIVATE_ISOLATED)
                        .build())
                .allocatedStorage(20)
                .databaseName("notes")
                .credentials(Credentials.fromGeneratedSecret("flask"))
                .storageEncrypted(true)
                .removalPolicy(RemovalPolicy.DESTROY)
                .backupRetention(Duration.days(0))
                .deleteAutomatedBackups(true)
                .build();

        var web = FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .stage(stage)
                .vpc(vpc)
                .egress(Egress.publicIps())
                .healthCheck(FlaskHealthCheck.path("/health"))
                .environment(Map.of("FLASK_SESSION_COOKIE_SECURE", "false")) // as long as there is no HTTPS
                .build();
        web.connectToDatabase(database, DatabaseConnectionOptions.builder()
                .variables(DatabaseVariables.URL)
                .scheme("postgresql+psycopg")
                .build());
        web.useSecretKey(FlaskSecretKey.Builder.create(this, "SecretKey")
                .stage(stage)
                .rotation(true) // every 90 days, and no session is lost
                .build());

        // with the new image, before the service changes to it; when it fails, the old version goes on
        web.addReleaseTask("Migrate", FlaskReleaseTaskOptions.builder()
                .command(List.of("flask", "db", "upgrade"))
                .timeout(Duration.minutes(10))
                .build());
    }
}
