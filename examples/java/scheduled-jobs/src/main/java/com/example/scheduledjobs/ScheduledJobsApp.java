package com.example.scheduledjobs;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class ScheduledJobsApp {
    public static void main(final String[] args) {
        var app = new App();

        new ScheduledJobsStack(app, "FlaskScheduledJobs", StackProps.builder()
                .description("A Flask service with commands that run at certain times")
                .build());

        app.synth();
    }
}
