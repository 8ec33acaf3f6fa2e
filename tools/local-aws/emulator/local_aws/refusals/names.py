"""Names of resources: each exists once, also where a deleted stack has kept it, and has only the characters that its service takes.

A row for each type with the property that names it, where what exists is listed, and what a name looks like.
"""
import re

from ministack.services import (
    alb, cloudwatch, cloudwatch_logs, ecr, ecs, eventbridge, iam, lambda_svc, scheduler, secretsmanager, sns, sqs, ssm, stepfunctions, waf,
)

from ..patching import change_type, needs

_LETTERS = r"[a-zA-Z0-9_-]"

#: Type: (property, names that exist, pattern). Patterns: the API reference of each service, where its name is described.
_NAMED = {
    "AWS::Logs::LogGroup": ("LogGroupName", lambda: cloudwatch_logs._log_groups.keys(), r"[.\-_/#A-Za-z0-9]{1,512}"),
    "AWS::IAM::Role": ("RoleName", lambda: iam._roles.keys(), r"[\w+=,.@-]{1,64}"),
    "AWS::SSM::Parameter": ("Name", lambda: ssm._parameters.keys(), r"[a-zA-Z0-9_.\-/]{1,1011}"),
    "AWS::SNS::Topic": ("TopicName", lambda: _last_parts(sns._topics.keys()), rf"{_LETTERS}{{1,256}}(\.fifo)?"),
    "AWS::SQS::Queue": ("QueueName", lambda: sqs._queue_name_to_url.keys(), rf"{_LETTERS}{{1,80}}(\.fifo)?"),
    "AWS::CloudWatch::Alarm": ("AlarmName", lambda: cloudwatch._alarms.keys(), r"[^\x00-\x1f]{1,255}"),
    "AWS::ECS::Cluster": ("ClusterName", lambda: ecs._clusters.keys(), rf"{_LETTERS}{{1,255}}"),
    "AWS::ECS::Service": ("ServiceName", lambda: (), rf"{_LETTERS}{{1,255}}"),
    "AWS::ECS::TaskDefinition": ("Family", lambda: (), rf"{_LETTERS}{{1,255}}"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "Name", lambda: [one["LoadBalancerName"] for one in alb._lbs.values()], r"(?!-|internal-)[a-zA-Z0-9-]{1,32}(?<!-)"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "Name", lambda: [one["TargetGroupName"] for one in alb._tgs.values()], r"(?!-)[a-zA-Z0-9-]{1,32}(?<!-)"),
    "AWS::Events::Rule": ("Name", lambda: [one["Name"] for one in eventbridge._rules.values()], r"[.\-_A-Za-z0-9]{1,64}"),
    "AWS::Scheduler::Schedule": ("Name", lambda: _last_parts(scheduler._schedules.keys(), "/"), r"[0-9a-zA-Z\-_.]{1,64}"),
    "AWS::Lambda::Function": ("FunctionName", lambda: lambda_svc._functions.keys(), rf"{_LETTERS}{{1,64}}"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", lambda: _last_parts(stepfunctions._state_machines.keys()), rf"{_LETTERS}{{1,80}}"),
    "AWS::SecretsManager::Secret": ("Name", lambda: secretsmanager._secrets.keys(), r"[a-zA-Z0-9/_+=.@-]{1,512}"),
    "AWS::ECR::Repository": (
        "RepositoryName", lambda: ecr._repositories.keys(), r"(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"),
    "AWS::WAFv2::WebACL": ("Name", lambda: [one.get("Name") for one in waf._web_acls.values()], r"[\w-]{1,128}"),
}

#: Texts of a security group: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


def apply():
    needs(ssm, "_parameters")
    needs(waf, "_web_acls")
    for resource_type, row in _NAMED.items():
        change_type(resource_type, create=_named_well(resource_type, *row))
    for resource_type, prop in (("AWS::EC2::SecurityGroup", "GroupDescription"), ("AWS::EC2::SecurityGroupIngress", "Description")):
        change_type(resource_type, create=_described_well(prop))
    change_type("AWS::ECS::TaskDefinition", create=_with_good_names)


def _last_parts(keys, separator=":"):
    return [key.rsplit(separator, 1)[-1] for key in keys]


def _named_well(resource_type, prop, existing, pattern):
    def named_well(create):
        def create_named(logical_id, props, stack):
            name = props.get(prop)
            if name:
                if not re.fullmatch(pattern, name):
                    raise ValueError(f"Model validation failed (#/{prop}: failed validation constraint for keyword [pattern]): "
                                     f"'{name}' does not match {pattern}")
                if name in list(existing()):
                    identifier = f'{{"/properties/{prop}":"{name}"}}'
                    raise ValueError(f"Resource of type '{resource_type}' with identifier '{identifier}' already exists. "
                                     "(HandlerErrorCode: AlreadyExists)")
            return create(logical_id, props, stack)

        return create_named

    return named_well


def _described_well(prop):
    def described_well(create):
        def create_described(logical_id, props, stack):
            text = str(props.get(prop) or "")
            if not text.isascii():
                raise ValueError(f"Value ({text}) for parameter {prop} is invalid. Character sets beyond ASCII are not supported.")
            if not _DESCRIPTION.fullmatch(text):
                raise ValueError(f"Invalid security group description. Valid descriptions are strings less than 256 characters from the "
                                 f"following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*: {text}")
            return create(logical_id, props, stack)

        return create_described

    return described_well


def _with_good_names(create):
    """ECS: ClientException. A log stream with a colon is refused when the task starts, which is told here."""
    def create_task_definition(logical_id, props, stack):
        for container in props.get("ContainerDefinitions") or []:
            if not re.fullmatch(rf"{_LETTERS}{{1,255}}", container.get("Name", "")):
                raise ValueError("Invalid request provided: Create TaskDefinition: Container.name contains invalid characters.")
            prefix = ((container.get("LogConfiguration") or {}).get("Options") or {}).get("awslogs-stream-prefix", "")
            if re.search(r"[:*]", str(prefix)):
                raise ValueError(f"1 validation error detected: Value '{prefix}' at 'logStreamName' failed to satisfy constraint: "
                                 "Member must satisfy regular expression pattern: [^:*]*")
        for volume in props.get("Volumes") or []:
            if not re.fullmatch(rf"{_LETTERS}{{1,255}}", volume.get("Name", "")):
                raise ValueError("Invalid request provided: Create TaskDefinition: Volume.name contains invalid characters.")
        return create(logical_id, props, stack)

    return create_task_definition
