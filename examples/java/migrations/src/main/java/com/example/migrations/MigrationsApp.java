package com.example.migrations;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class MigrationsApp {
    public static void main(final String[] args) {
        var app = new App();

        new MigrationsStack(app, "FlaskMigrations", StackProps.builder()
                .description("A Flask service with a database, migrated before each new version")
                .build());

        app.synth();
    }
}
