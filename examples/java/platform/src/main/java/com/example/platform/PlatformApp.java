package com.example.platform;

import io.github.cdkflaskfargate.FlaskPlatform;
import io.github.cdkflaskfargate.FlaskStage;
import io.github.cdkflaskfargate.LoadBalancing;
import io.github.cdkflaskfargate.PlatformServiceOptions;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;

public final class PlatformApp {
    public static void main(final String[] args) {
        var app = new App();
        var platformStack = new Stack(app, "FlaskPlatform", StackProps.builder()
                .description("What the Flask services of a team share")
                .build());
        var platform = FlaskPlatform.Builder.create(platformStack, "Platform")
                .name("examples")
                .stage(FlaskStage.ephemeral())
                .internalLoadBalancer(true)
                .build();

        var shop = new ServiceStack(app, "FlaskShop").addService("Shop", LoadBalancing.onPlatform(platform));
        shop.discoverServices();
        var orders = new ServiceStack(app, "FlaskOrders")
                .addService("Orders", LoadBalancing.onPlatform(platform, PlatformServiceOptions.builder()
                        .internal(true)
                        .build()));
        orders.discoverableAs("orders");
        new ServiceStack(app, "FlaskMailer")
                .addService("Mailer", LoadBalancing.onPlatform(platform, PlatformServiceOptions.builder()
                        .route(false)
                        .build()));
        // as the app of another repository does it, which knows the name alone
        var blogStack = new ServiceStack(app, "FlaskBlog");
        var named = FlaskPlatform.fromName(blogStack, "Platform", "examples");
        blogStack.addService("Blog", LoadBalancing.onPlatform(named));

        app.synth();
    }
}
