package com.example.existingvpc;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ICluster;
import software.constructs.Construct;

/**
 * What a platform team owns; in an account of yours it may be {@code Vpc.fromLookup()} and
 * {@code Cluster.fromClusterAttributes()}.
 */
public class PlatformStack extends Stack {
    private final ICluster cluster;

    public PlatformStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        var vpc = Vpc.Builder.create(this, "Vpc")
                .maxAzs(2)
                .natGateways(1)
                .restrictDefaultSecurityGroup(false)
                .build();
        cluster = Cluster.Builder.create(this, "Cluster").vpc(vpc).build();
    }

    public ICluster getCluster() {
        return cluster;
    }
}
