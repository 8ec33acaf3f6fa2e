package com.example.bluegreen;

import io.github.cdkflaskfargate.AlarmOptions;
import io.github.cdkflaskfargate.CanaryDeploymentOptions;
import io.github.cdkflaskfargate.FlaskAlarm;
import io.github.cdkflaskfargate.FlaskDeployment;
import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.LoadBalancing;
import io.github.cdkflaskfargate.LoadBalancingOptions;
import io.github.cdkflaskfargate.MonitoringOptions;
import io.github.cdkflaskfargate.Tls;
import java.util.List;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

public class BlueGreenStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public BlueGreenStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .healthCheck(FlaskHealthCheck.path("/health"))
                .loadBalancing(LoadBalancing.internetFacing(LoadBalancingOptions.builder()
                        .tls(Tls.disabled())
                        .build()))
                .deployment(FlaskDeployment.canary(CanaryDeploymentOptions.builder()
                        .canaryPercent(10)
                        .canaryBakeTime(Duration.minutes(5))
                        .bakeTime(Duration.minutes(10))
                        .testPort(8443)
                        .build()))
                .monitoring(MonitoringOptions.builder()
                        .alarms(AlarmOptions.builder()
                                .stopDeploymentOn(List.of(FlaskAlarm.DEPLOYMENT_ERRORS, FlaskAlarm.DEPLOYMENT_LATENCY))
                                .maxDeploymentErrorPercent(2)
                                .maxDeploymentSlowPercent(10)
                                .build())
                        .build())
                .build();
    }
}
