package com.example.celery;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class CeleryApp {
    public static void main(final String[] args) {
        var app = new App();

        new CeleryStack(app, "FlaskCelery", StackProps.builder()
                .description("A Flask service whose long work is done by Celery, with a queue of Amazon SQS")
                .build());

        app.synth();
    }
}
