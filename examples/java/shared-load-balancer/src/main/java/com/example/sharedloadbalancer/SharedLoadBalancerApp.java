package com.example.sharedloadbalancer;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class SharedLoadBalancerApp {
    public static void main(final String[] args) {
        var app = new App();

        new SharedLoadBalancerStack(app, "FlaskShared", StackProps.builder()
                .description("Two Flask services behind one load balancer")
                .build());

        app.synth();
    }
}
