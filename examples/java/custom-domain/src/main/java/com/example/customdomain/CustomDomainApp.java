package com.example.customdomain;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class CustomDomainApp {
    public static void main(final String[] args) {
        var app = new App();

        new CustomDomainStack(app, "FlaskCustomDomain", StackProps.builder()
                .description("A Flask service with HTTPS and a name of its own")
                .build());

        app.synth();
    }
}
