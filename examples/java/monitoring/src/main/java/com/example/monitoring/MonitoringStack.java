package com.example.monitoring;

import io.github.cdkflaskfargate.AlarmNotificationOptions;
import io.github.cdkflaskfargate.AlarmOptions;
import io.github.cdkflaskfargate.FlaskAlarm;
import io.github.cdkflaskfargate.FlaskFargateService;
import io.github.cdkflaskfargate.FlaskHealthCheck;
import io.github.cdkflaskfargate.FlaskImage;
import io.github.cdkflaskfargate.FlaskSourceOptions;
import io.github.cdkflaskfargate.FlaskStage;
import io.github.cdkflaskfargate.LoadBalancing;
import io.github.cdkflaskfargate.LoadBalancingOptions;
import io.github.cdkflaskfargate.MonitoringOptions;
import io.github.cdkflaskfargate.ServiceLevelObjective;
import io.github.cdkflaskfargate.Tls;
import java.util.List;
import java.util.Objects;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;
import software.constructs.Construct;

public class MonitoringStack extends Stack {
    private static final String SAMPLE_APP = "../../sample-app";

    public MonitoringStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);

        var web = FlaskFargateService.Builder.create(this, "Web")
                .image(FlaskImage.fromSource(SAMPLE_APP, FlaskSourceOptions.builder()
                        .wsgiApp("app:create_app()")
                        .build()))
                .stage(FlaskStage.development())
                .healthCheck(FlaskHealthCheck.path("/health"))
                .loadBalancing(LoadBalancing.internetFacing(LoadBalancingOptions.builder()
                        .tls(Tls.disabled())
                        .build()))
                .monitoring(MonitoringOptions.builder()
                        .dashboard(true)
                        .alarms(AlarmOptions.builder()
                                .enabled(true)
                                .slo(ServiceLevelObjective.builder()
                                        .target(99.5)
                                        .latency(Duration.seconds(1))
                                        .build())
                                .turnOff(List.of(FlaskAlarm.MEMORY))
                                .build())
                        .build())
                .build();

        var topic = Topic.Builder.create(this, "Operators").enforceSsl(true).build();
        var email = (String) getNode().tryGetContext("email");
        topic.addSubscription(new EmailSubscription(Objects.requireNonNullElse(email, "operators@example.com")));
        web.getAlarms().sendTo(topic, AlarmNotificationOptions.builder().notifyOk(true).build());

        // an alarm of your own from the metrics of the service
        var quiet = Alarm.Builder.create(this, "Quiet")
                .metric(web.getMetrics().requestCount(MetricOptions.builder()
                        .period(Duration.minutes(15))
                        .build()))
                .threshold(1)
                .evaluationPeriods(1)
                .comparisonOperator(ComparisonOperator.LESS_THAN_THRESHOLD)
                .alarmDescription("nobody has asked for anything in a quarter of an hour")
                .build();
        quiet.addAlarmAction(new SnsAction(topic));
    }
}
