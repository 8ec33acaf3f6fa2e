package com.example.bluegreen;

import software.amazon.awscdk.App;
import software.amazon.awscdk.StackProps;

public final class BlueGreenApp {
    public static void main(final String[] args) {
        var app = new App();

        new BlueGreenStack(app, "FlaskCanary", StackProps.builder()
                .description("A Flask service whose new versions prove themselves on a tenth of the requests")
                .build());

        app.synth();
    }
}
