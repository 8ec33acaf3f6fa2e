package com.example.existingvpc;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class ExistingVpcApp {
    public static void main(final String[] args) {
        var app = new App();

        var platform = new PlatformStack(app, "FlaskPlatform", StackProps.builder()
                .description("The network and the cluster of all services")
                .build());

        new ExistingVpcStack(app, "FlaskExistingVpc", platform.getCluster(), StackProps.builder()
                .description("A Flask service for the company alone, in a VPC that is given")
                .build());

        app.synth();
    }
}
