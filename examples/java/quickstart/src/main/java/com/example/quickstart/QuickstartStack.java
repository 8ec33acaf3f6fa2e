package com.example.quickstart;

import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskRepository;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.FlaskStage;
import io.github.cdkflaskfargate.FlaskTaskOptions;
import java.util.List;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

public class QuickstartStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public QuickstartStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        var stage = FlaskStage.ephemeral();

        // the repository of the guide: its outputs are the four commands that push an image
        var repository = FlaskRepository.Builder.create(this, "Repository")
                .repositoryName("ecs-flask-app")
                .stage(stage)
                .build();

        var web = FlaskFargateService.Builder.create(this, "Web")
                .image(image(repository))
                .stage(stage)
                .healthCheck(FlaskHealthCheck.path("/health"))
                .build();
        web.addTask("Report", FlaskTaskOptions.builder()
                .command(List.of("flask", "report"))
                .build());
    }

    /** {@code -c tag=1.0.0} runs what was pushed there under that tag; without it, the image is built from the source. */
    private FlaskImage image(final FlaskRepository repository) {
        if (getNode().tryGetContext("tag") instanceof String tag) {
            return FlaskImage.fromRepository(repository, tag);
        }
        return FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                .wsgiApp("app:create_app()")
                .baseImage((String) getNode().tryGetContext("baseImage"))
                .build());
    }
}
