"""ECS: container definitions that arrive whole, sidecars that end with their task, a stopped task that is replaced, and an end."""
from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs
from ministack.services.cloudformation import provisioners

from .patching import needs, replace, replace_action

_NESTED = ("secrets", "dependsOn", "healthCheck", "ulimits", "linuxParameters", "repositoryCredentials")


def apply():
    replace(provisioners, "_normalize_container_defs", _with_nested_members)
    replace(ecs, "_cleanup_task_resources", _with_the_sidecars)
    replace_action(ecs, "StopTask", _and_replace)
    replace_action(ecs, "RunTask", _once_for_each_token)
    replace(app, "_stop_docker_containers", _and_start_no_more)
    needs(ecs, "_services", "_get_docker", "_resolve_cluster_name", "_resolve_task", "_reconcile_service_tasks")
    needs(provisioners, "_pascal_to_camel")


def _with_nested_members(normalize):
    """From a template these keep capital letters, and are then dropped without a word: no secret reaches the container."""
    def normalize_container_definitions(definitions):
        normalized = normalize(definitions)
        for definition in normalized:
            for key in _NESTED:
                if key in definition:
                    definition[key] = provisioners._pascal_to_camel(definition[key])
        return normalized

    return normalize_container_definitions


def _with_the_sidecars(clean_up):
    """When an essential container ends by itself, ministack forgets the task's other containers, which go on running."""
    def cleanup_task_resources(task, docker_client, extra_container=None):
        if docker_client is None and (client := ecs._get_docker()):
            for container_id in list(task.get("_docker_ids") or []):
                try:
                    container = client.containers.get(container_id)
                    container.reload()
                    if container.status == "running":
                        container.stop(timeout=5)
                except Exception:
                    continue  # ended meanwhile
        clean_up(task, docker_client, extra_container)

    return cleanup_task_resources


def _and_replace(stop_task):
    """A service replaces a task that somebody stops. ministack does so only for one that ends by itself."""
    def stop(data):
        answer = stop_task(data)
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        task = ecs._resolve_task(data.get("task", ""), cluster) if cluster else None
        group = (task or {}).get("group") or ""
        if group.startswith("service:"):
            ecs._reconcile_service_tasks(cluster, f"{cluster}/{group.partition(':')[2]}")
        return answer

    return stop


def _once_for_each_token(run_task):
    """The same clientToken gets the same answer: CloudFormation may call the handler of a custom resource twice."""
    answers = {}

    def run(data):
        token = data.get("clientToken")
        if not token:
            return run_task(data)
        key = (get_account_id(), get_region(), token)
        if key not in answers:
            answer = run_task(data)
            if answer[0] != 200:
                return answer
            answers[key] = answer
        return answers[key]

    return run


def _and_start_no_more(stop):
    """When the emulator ends it stops its tasks, and its services would replace them meanwhile."""
    def stop_containers(include_unlabelled=False):
        at_the_end = not include_unlabelled  # the other call clears up at the start
        for _key, service in ecs._services.all_items() if at_the_end else ():
            service["status"] = "INACTIVE"
        stop(include_unlabelled)

    return stop_containers
