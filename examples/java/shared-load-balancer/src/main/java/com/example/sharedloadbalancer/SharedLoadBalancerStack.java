package com.example.sharedloadbalancer;

import io.github.cdkflaskfargate.Egress;
import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.FlaskStage;
import io.github.cdkflaskfargate.LoadBalancing;
import io.github.cdkflaskfargate.SharedListenerOptions;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationLoadBalancer;
import software.amazon.awscdk.services.elasticloadbalancingv2.BaseApplicationListenerProps;
import software.amazon.awscdk.services.elasticloadbalancingv2.FixedResponseOptions;
import software.amazon.awscdk.services.elasticloadbalancingv2.IApplicationListener;
import software.amazon.awscdk.services.elasticloadbalancingv2.ListenerAction;
import software.constructs.Construct;

public class SharedLoadBalancerStack extends Stack {
    private final ICluster cluster;
    private final IApplicationListener listener;
    private final FlaskImage image;

    public SharedLoadBalancerStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        var vpc = Vpc.Builder.create(this, "Vpc")
                .maxAzs(2)
                .natGateways(0)
                .restrictDefaultSecurityGroup(false)
                .subnetConfiguration(List.of(SubnetConfiguration.builder()
                        .name("Public")
                        .subnetType(SubnetType.PUBLIC)
                        .build()))
                .build();
        cluster = Cluster.Builder.create(this, "Cluster").vpc(vpc).build();
        var loadBalancer = ApplicationLoadBalancer.Builder.create(this, "LoadBalancer")
                .vpc(vpc)
                .internetFacing(true)
                .dropInvalidHeaderFields(true)
                .build();
        listener = loadBalancer.addListener("Http", BaseApplicationListenerProps.builder()
                .port(80)
                .defaultAction(ListenerAction.fixedResponse(404, FixedResponseOptions.builder()
                        .contentType("text/plain")
                        .messageBody("no such service")
                        .build()))
                .build());
        image = FlaskImage.fromSource("../../sample-app", FlaskSourceOptions.builder()
                .wsgiApp("app:create_app()")
                .build());

        addService("Shop", "shop", 20);
        addService("Blog", "blog", 30);
    }

    private void addService(final String id, final String name, final int priority) {
        FlaskFargateService.Builder.create(this, id)
                .image(image)
                .stage(FlaskStage.ephemeral())
                .cluster(cluster)
                .egress(Egress.publicIps())
                .healthCheck(FlaskHealthCheck.path("/health"))
                .environment(Map.of("FLASK_SERVICE_NAME", name, "FLASK_URL_PREFIX", "/" + name))
                .loadBalancing(LoadBalancing.sharedListener(listener, SharedListenerOptions.builder()
                        .priority(priority)
                        .paths(List.of("/" + name, "/" + name + "/*"))
                        .build()))
                .build();
    }
}
