package com.example.twostages;

import io.github.cdkflaskfargate.FlaskStage;
import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class TwoStagesApp {
    public static void main(final String[] args) {
        var app = new App();

        new ShopStack(app, "FlaskStaging", new ShopStack.Settings(FlaskStage.development(), "Hello from staging", null),
                StackProps.builder()
                        .description("The shop, in staging")
                        .build());
        new ShopStack(app, "FlaskProduction",
                new ShopStack.Settings(FlaskStage.production(), "Hello from production", "operators@example.com"),
                StackProps.builder()
                        .description("The shop, in production")
                        .build());

        app.synth();
    }
}
