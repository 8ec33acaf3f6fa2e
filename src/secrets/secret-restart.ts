import type { ICluster } from 'aws-cdk-lib/aws-ecs';
import { type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, JsonPath, Map as MapState, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Duration, Lazy, Names } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** @internal */
export interface SecretRestartProps {
  readonly cluster: ICluster;
  /** Of all services of the app: some are added later. */
  readonly serviceArns: () => string[];
}

/**
 * ECS gives a task the value that a secret has when the task starts. No function of ours is in the way to a new start: Secrets Manager tells
 * EventBridge, EventBridge starts a state machine, and that calls ECS.
 *
 * @internal
 */
export class SecretRestart extends Construct {
  private readonly stateMachine: StateMachine;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SecretRestartProps,
  ) {
    super(scope, id);
    const restart = new CallAwsService(this, 'Restart', {
      service: 'ecs',
      action: 'updateService',
      iamAction: 'ecs:UpdateService',
      iamResources: Lazy.uncachedList({ produce: props.serviceArns }),
      parameters: { Cluster: props.cluster.clusterArn, Service: JsonPath.stringAt('$'), ForceNewDeployment: true },
      resultPath: JsonPath.DISCARD,
    });
    // ECS takes no new deployment while one shifts traffic
    restart.addRetry({ interval: Duration.minutes(1), maxAttempts: 10, backoffRate: 1.5 });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'starts the tasks of a Flask app anew, because a secret or a parameter has changed',
      definitionBody: DefinitionBody.fromChainable(new MapState(this, 'Each', { itemsPath: '$.services' }).itemProcessor(restart)),
      timeout: Duration.hours(3),
    });
  }

  public isWatching(secret: ISecret): boolean {
    return this.node.tryFindChild(Names.nodeUniqueId(secret.node)) !== undefined;
  }

  /** Restarts when this secret changes. */
  public watch(secret: ISecret): void {
    if (this.isWatching(secret)) {
      return;
    }
    // of a secret that is known by its name alone, the ARN lacks the last six letters
    const arn = secret.secretFullArn;
    this.restartWhen(Names.nodeUniqueId(secret.node), 'a secret of a Flask app has another value', {
      source: ['aws.secretsmanager'],
      detailType: ['Secret Label Updated'],
      resources: arn ? [arn] : undefined,
      detail: { labelUpdated: ['AWSCURRENT'], ...(arn ? {} : { name: [secret.secretName] }) },
    });
  }

  /** Restarts when this parameter changes. */
  public watchParameter(parameter: IParameter): void {
    const id = Names.nodeUniqueId(parameter.node);
    if (!this.node.tryFindChild(id)) {
      this.restartWhen(id, 'a parameter of a Flask app has another value', {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        resources: [parameter.parameterArn],
        // deleted and made anew, as a replacement does it
        detail: { operation: ['Create', 'Update'] },
      });
    }
  }

  private restartWhen(id: string, description: string, eventPattern: EventPattern): void {
    new Rule(this, id, {
      description,
      eventPattern,
      targets: [
        new SfnStateMachine(this.stateMachine, {
          input: RuleTargetInput.fromObject({ services: Lazy.uncachedList({ produce: this.props.serviceArns }) }),
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
  }
}
