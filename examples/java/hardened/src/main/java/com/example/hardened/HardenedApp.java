package com.example.hardened;

import software.amazon.awscdk.App;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.StackProps;

public final class HardenedApp {
    public static void main(final String[] args) {
        var app = new App();

        // access logs need a region that is known
        var region = app.getNode().tryGetContext("region") instanceof String given ? given : "us-east-1";
        new HardenedStack(app, "FlaskHardened", StackProps.builder()
                .description("A Flask service with everything that auditors ask for")
                .env(Environment.builder().region(region).build())
                .build());

        app.synth();
    }
}
