"""Clusters: capacity providers that are in use stay, and so does a cluster with services or tasks.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html, API_DeleteCluster.html
"""
from ministack.services import ecs
from ministack.services.cloudformation import provisioners

from ..patching import accepted, add_type, change_type, needs
from .refusal import Refusal, check_function

_IN_USE = "The specified capacity provider is in use and cannot be removed."
_TYPE = "AWS::ECS::ClusterCapacityProviderAssociations"


def apply():
    needs(ecs, "_clusters", "_services", "_tasks", "_resolve_cluster_name")
    needs(provisioners, "_pascal_to_camel")
    check_function(ecs, "_put_cluster_capacity_providers", "PutClusterCapacityProviders", _check_providers)
    check_function(ecs, "_delete_cluster", "DeleteCluster", _check_empty)
    add_type(_TYPE, "real", _associate, _dissociate, _reassociate)
    change_type("AWS::ECS::Cluster", update=_keeping_providers, delete=_if_empty)


def _check_providers(data):
    name = ecs._resolve_cluster_name(data.get("cluster", "default"))
    cluster = ecs._clusters.get(name) or {}
    removed = set(cluster.get("capacityProviders") or []) - set(data.get("capacityProviders") or [])
    if removed & set(_used(cluster)):
        raise Refusal("AmazonECS", "ResourceInUseException", _IN_USE)


def _used(cluster):
    for service in ecs._services.values():
        if service["clusterArn"] == cluster.get("clusterArn") and service["status"] == "ACTIVE":
            yield from (item["capacityProvider"] for item in service.get("capacityProviderStrategy") or [])
    for task in ecs._tasks.values():
        if task["clusterArn"] == cluster.get("clusterArn") and task["lastStatus"] != "STOPPED" and task.get("capacityProviderName"):
            yield task["capacityProviderName"]


def _check_empty(data):
    cluster = ecs._clusters.get(ecs._resolve_cluster_name(data.get("cluster", "default"))) or {}
    arn = cluster.get("clusterArn")
    if any(service["clusterArn"] == arn and service["status"] == "ACTIVE" for service in ecs._services.values()):
        raise Refusal("AmazonECS", "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    if any(task["clusterArn"] == arn and task["lastStatus"] != "STOPPED" for task in ecs._tasks.values()):
        raise Refusal("AmazonECS", "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")


def _if_empty(delete):
    def delete_cluster(physical_id, props):
        _check_empty({"cluster": physical_id})
        delete(physical_id, props)

    return delete_cluster


def _keeping_providers(update):
    """ministack's update of a cluster would take away what an association of its own has given it."""
    def update_cluster(physical_id, old, new, *rest):
        cluster = ecs._clusters.get(physical_id) or {}
        kept = {key: cluster.get(key) for key in ("capacityProviders", "defaultCapacityProviderStrategy")}
        answer = update(physical_id, old, new, *rest)
        if "CapacityProviders" not in new and answer[0] == physical_id:
            ecs._clusters[physical_id].update(kept)
        return answer

    return update_cluster


def _associate(_logical_id, props, _stack):
    accepted(ecs._put_cluster_capacity_providers({
        "cluster": props["Cluster"], "capacityProviders": props.get("CapacityProviders") or [],
        "defaultCapacityProviderStrategy": provisioners._pascal_to_camel(props.get("DefaultCapacityProviderStrategy") or []),
    }))
    return props["Cluster"], {"Id": props["Cluster"]}


def _reassociate(_physical_id, _old, props, stack):
    return _associate(None, props, stack)


def _dissociate(physical_id, _props):
    if ecs._resolve_cluster_name(physical_id) in ecs._clusters:
        accepted(ecs._put_cluster_capacity_providers({"cluster": physical_id, "capacityProviders": [], "defaultCapacityProviderStrategy": []}))
