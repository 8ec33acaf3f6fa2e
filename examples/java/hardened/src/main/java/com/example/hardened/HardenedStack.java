package com.example.hardened;

import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.LoadBalancing;
import io.github.cdkflaskfargate.LoadBalancingOptions;
import io.github.cdkflaskfargate.LoggingOptions;
import io.github.cdkflaskfargate.ManagedRulesOptions;
import io.github.cdkflaskfargate.Tls;
import io.github.cdkflaskfargate.TlsDomainOptions;
import io.github.cdkflaskfargate.WebAcl;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.route53.HostedZone;
import software.amazon.awscdk.services.route53.HostedZoneAttributes;
import software.amazon.awscdk.services.sns.Topic;
import software.constructs.Construct;

public class HardenedStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public HardenedStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        var key = Key.Builder.create(this, "Key")
                .enableKeyRotation(true)
                .description("the logs and the alarms of the Flask service")
                .build();
        key.grantEncryptDecrypt(new ServicePrincipal("logs." + getRegion() + ".amazonaws.com"));
        key.grantEncryptDecrypt(new ServicePrincipal("cloudwatch.amazonaws.com"));

        var zone = HostedZone.fromHostedZoneAttributes(this, "Zone", HostedZoneAttributes.builder()
                .hostedZoneId(context("zoneId", "Z0123456789EXAMPLE"))
                .zoneName(context("zoneName", "example.com"))
                .build());

        var web = FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .healthCheck(FlaskHealthCheck.path("/health"))
                .loadBalancing(LoadBalancing.internetFacing(LoadBalancingOptions.builder()
                        .tls(Tls.forDomain(TlsDomainOptions.builder()
                                .zone(zone)
                                .recordName("vault")
                                .build()))
                        .webAcl(WebAcl.managedRules(ManagedRulesOptions.builder()
                                .logRequests(true)
                                .build()))
                        .connectionLogs(true)
                        .build()))
                .logging(LoggingOptions.builder()
                        .encryptionKey(key)
                        .build())
                .build();

        var operators = Topic.Builder.create(this, "Operators")
                .masterKey(key)
                .enforceSsl(true)
                .build();
        web.getAlarms().sendTo(operators);
    }

    private String context(final String key, final String defaultValue) {
        return getNode().tryGetContext(key) instanceof String value ? value : defaultValue;
    }
}
