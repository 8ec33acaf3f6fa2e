"""Deployments that wait for the load balancer, and stacks that wait for the deployment, as on AWS.

ministack takes a task for well a second after its start. An app that dies while it boots would never count as failed, old tasks
would be stopped before the new ones answer, and `cdk deploy` would end well whatever the app does.
"""
import time

from ministack.services import ecs
from ministack.services.cloudformation import stacks

from . import service_targets, target_health
from .patching import change_type, needs, replace

#: For one task to become healthy, and for a whole deployment. AWS is far more patient; a demo should not be.
_TASK_SECONDS = 60
_DEPLOYMENT_SECONDS = 150


class DeploymentFailed(Exception):
    pass


def apply():
    needs(ecs, "_services", "_primary_deployment", "_task_ip", "_delete_service")
    replace(ecs, "_make_deployment", _in_progress)
    replace(ecs, "_record_service_task_healthy", _when_targets_are_healthy)
    change_type("AWS::ECS::Service", create=_create, update=_update)
    # Waiting must not hold up the event loop, on which every API call and every request of the load balancer is served.
    replace(stacks, "_runs_on_worker_thread", lambda runs: lambda resource_type: resource_type == "AWS::ECS::Service" or runs(resource_type))


def _in_progress(make):
    """A service's first deployment is over at once for ministack: the circuit breaker never looks at it."""
    def make_deployment(*args, **options):
        return {**make(*args, **options), "rolloutState": "IN_PROGRESS", "rolloutStateReason": "ECS deployment in progress."}

    return make_deployment


def _when_targets_are_healthy(record):
    # Runs in a thread of its own for each task, so it may wait.
    def record_service_task_healthy(service_key, task):
        end = time.monotonic() + _TASK_SECONDS
        while task.get("lastStatus") == "RUNNING" and not _in_service(service_key, task):
            if time.monotonic() > end:
                return
            time.sleep(0.2)
        record(service_key, task)

    return record_service_task_healthy


def _in_service(service_key, task):
    service = ecs._services.get(service_key) or {}
    address = ecs._task_ip(task)
    groups = [(entry.get("targetGroupArn"), entry.get("containerPort")) for entry in service_targets.load_balancers_of(service, task)]
    return all(target_health.is_healthy(arn, address, port) for arn, port in groups if arn)


def _create(create):
    def create_service(logical_id, props, stack):
        physical_id, attributes = create(logical_id, props, stack)
        try:
            _wait(physical_id)
        except DeploymentFailed:
            # CloudFormation learns no id from a creation that fails, so it could not delete the service.
            ecs._delete_service({"cluster": props.get("Cluster", "default"), "service": attributes["Name"], "force": True})
            raise
        return physical_id, attributes

    return create_service


def _update(update):
    def update_service(physical_id, *rest):
        answer = update(physical_id, *rest)
        _wait(physical_id)
        return answer

    return update_service


def _wait(arn):
    service = next((service for service in ecs._services.values() if service["serviceArn"] == arn), None)
    deployment = ecs._primary_deployment(service) if service else None
    end = time.monotonic() + _DEPLOYMENT_SECONDS
    while deployment and deployment.get("rolloutState") != "COMPLETED":
        if deployment.get("rolloutState") == "FAILED":
            raise DeploymentFailed(f"the deployment failed: {deployment.get('rolloutStateReason')}")
        if time.monotonic() > end:
            raise DeploymentFailed(f"the service did not stabilize within {_DEPLOYMENT_SECONDS} s")
        time.sleep(0.2)
