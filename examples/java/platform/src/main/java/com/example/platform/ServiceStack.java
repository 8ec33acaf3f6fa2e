package com.example.platform;

import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.FlaskStage;
import io.github.cdkflaskfargate.LoadBalancing;
import java.util.Locale;
import java.util.Map;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

public class ServiceStack extends Stack {
    public ServiceStack(final Construct scope, final String id) {
        super(scope, id, StackProps.builder()
                .description("A Flask service on a platform")
                .build());
    }

    public FlaskFargateService addService(final String id, final LoadBalancing loadBalancing) {
        var name = id.toLowerCase(Locale.ROOT);
        return FlaskFargateService.Builder.create(this, id)
                .image(FlaskImage.fromSource("../../sample-app", FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .stage(FlaskStage.ephemeral())
                .healthCheck(FlaskHealthCheck.path("/health"))
                .environment(Map.of("FLASK_SERVICE_NAME", name, "FLASK_URL_PREFIX", "/" + name))
                .loadBalancing(loadBalancing)
                .build();
    }
}
