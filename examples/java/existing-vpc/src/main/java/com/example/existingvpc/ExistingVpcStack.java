package com.example.existingvpc;

import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.LoadBalancing;
import io.github.cdkflaskfargate.LoadBalancingOptions;
import io.github.cdkflaskfargate.Tls;
import java.util.List;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ecs.ICluster;
import software.constructs.Construct;

public class ExistingVpcStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public ExistingVpcStack(final Construct scope, final String id, final ICluster cluster, final StackProps props) {
        super(scope, id, props);

        FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .cluster(cluster) // and with it its VPC; the tasks go to its private subnets
                .healthCheck(FlaskHealthCheck.path("/health"))
                .loadBalancing(LoadBalancing.internal(LoadBalancingOptions.builder()
                        .tls(Tls.disabled())
                        .allowFrom(List.of(Peer.ipv4("10.0.0.0/8")))
                        .build()))
                .build();
    }
}
