package com.example.quickstart;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class QuickstartApp {
    public static void main(final String[] args) {
        var app = new App();

        new QuickstartStack(app, "FlaskQuickstart", StackProps.builder()
                .description("The sample Flask service on ECS with Fargate")
                .build());

        app.synth();
    }
}
