package com.example.monitoring;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class MonitoringApp {
    public static void main(final String[] args) {
        var app = new App();

        new MonitoringStack(app, "FlaskMonitoring", StackProps.builder()
                .description("A Flask service that tells when something is wrong")
                .build());

        app.synth();
    }
}
