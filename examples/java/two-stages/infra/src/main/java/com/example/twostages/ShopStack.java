package com.example.twostages;

import io.github.cdkflaskfargate.AlarmOptions;
import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskStage;
import io.github.cdkflaskfargate.LoadBalancing;
import io.github.cdkflaskfargate.LoadBalancingOptions;
import io.github.cdkflaskfargate.MonitoringOptions;
import io.github.cdkflaskfargate.Tls;
import java.util.Map;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/** The shop in one stage: what differs between stages is in its settings. */
public class ShopStack extends Stack {
    /** An alarm email of null is none. */
    public record Settings(FlaskStage stage, String greeting, String alarmEmail) {
    }

    public ShopStack(final Construct scope, final String id, final Settings settings, final StackProps props) {
        super(scope, id, props);

        FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource("../app"))
                .stage(settings.stage())
                .healthCheck(FlaskHealthCheck.path("/health"))
                .environment(Map.of("GREETING", settings.greeting()))
                // until there is a domain: then Tls.forDomain()
                .loadBalancing(LoadBalancing.internetFacing(LoadBalancingOptions.builder()
                        .tls(Tls.disabled())
                        .build()))
                .monitoring(MonitoringOptions.builder()
                        .alarms(AlarmOptions.builder()
                                .email(settings.alarmEmail())
                                .build())
                        .build())
                .build();
    }
}
