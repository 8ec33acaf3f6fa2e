package com.example.scheduledjobs;

import io.github.cdkflaskfargate.Capacity;
import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskScheduledTaskOptions;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.FlaskStage;
import io.github.cdkflaskfargate.SpotCapacityOptions;
import java.util.List;
import java.util.Objects;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.TimeZone;
import software.amazon.awscdk.services.scheduler.CronOptionsWithTimezone;
import software.amazon.awscdk.services.scheduler.ScheduleExpression;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;
import software.constructs.Construct;

public class ScheduledJobsStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public ScheduledJobsStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        var web = FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .stage(FlaskStage.ephemeral())
                .healthCheck(FlaskHealthCheck.path("/health"))
                .build();

        // at three in the morning of Berlin, in summer and in winter
        web.addScheduledTask("Nightly", FlaskScheduledTaskOptions.builder()
                .command(List.of("flask", "report"))
                .schedule(ScheduleExpression.cron(CronOptionsWithTimezone.builder()
                        .hour("3")
                        .minute("0")
                        .timeZone(TimeZone.EUROPE_BERLIN)
                        .build()))
                .build());

        // up to 70 % cheaper; one that AWS interrupts is missed until the next
        web.addScheduledTask("Frequent", FlaskScheduledTaskOptions.builder()
                .command(List.of("flask", "report"))
                .schedule(ScheduleExpression.rate(Duration.minutes(30)))
                .capacity(Capacity.spot(SpotCapacityOptions.builder()
                        .onDemandBase(0)
                        .build()))
                .build());

        var operators = Topic.Builder.create(this, "Operators").enforceSsl(true).build();
        var email = (String) getNode().tryGetContext("email");
        operators.addSubscription(new EmailSubscription(Objects.requireNonNullElse(email, "operators@example.com")));
        web.getAlarms().sendTo(operators);
    }
}
