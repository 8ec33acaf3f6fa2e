package com.example.customdomain;

import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.LoadBalancing;
import io.github.cdkflaskfargate.LoadBalancingOptions;
import io.github.cdkflaskfargate.Tls;
import io.github.cdkflaskfargate.TlsDomainOptions;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.route53.HostedZone;
import software.amazon.awscdk.services.route53.HostedZoneAttributes;
import software.constructs.Construct;

public class CustomDomainStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public CustomDomainStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        // `-c zoneId=Z… -c zoneName=your.domain`: a public hosted zone of yours
        var zone = HostedZone.fromHostedZoneAttributes(this, "Zone", HostedZoneAttributes.builder()
                .hostedZoneId(context("zoneId", "Z0123456789EXAMPLE"))
                .zoneName(context("zoneName", "example.com"))
                .build());

        FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .healthCheck(FlaskHealthCheck.path("/health"))
                .loadBalancing(LoadBalancing.internetFacing(LoadBalancingOptions.builder()
                        .tls(Tls.forDomain(TlsDomainOptions.builder()
                                .zone(zone)
                                .recordName("shop")
                                .build()))
                        .build()))
                .build();
    }

    private String context(final String key, final String defaultValue) {
        return getNode().tryGetContext(key) instanceof String value ? value : defaultValue;
    }
}
