"""Starts ministack with the changes of this package: `python -m local_aws`, on 127.0.0.1 only.

It ends when its standard input closes, so that it does not outlive the demo, however that ends.
"""
import atexit
import functools
import os
import signal
import sys
import threading

from . import (
    alarms,
    buckets,
    caches,
    container_limits,
    custom_resources,
    dashboards,
    databases,
    deletion_protection,
    deployment_alarms,
    drift,
    events,
    functions,
    identity_providers,
    image_registry,
    load_balancer_metrics,
    load_balancer_requests,
    log_lines,
    network_resources,
    placeholders,
    record_sets,
    rollout,
    scalable_targets,
    schedules,
    secret_references,
    secret_rotation,
    service_tasks,
    service_targets,
    service_updates,
    target_health,
    task_protection,
    traffic_shift,
    unhealthy_tasks,
)
from .refusals import clusters, forced, listeners, log_keys, names, services, subnets
from .roles import ecr_calls, ecs_calls, function_roles, keys, ledger, logs_calls, service_role, state_machine_roles, target_roles, task_roles, transport

PARTS = (
    custom_resources,
    dashboards,
    deletion_protection,
    network_resources,
    placeholders,
    scalable_targets,
    identity_providers,
    image_registry,
    secret_references,
    secret_rotation,
    service_tasks,
    container_limits,
    log_lines,
    functions,
    load_balancer_requests,
    load_balancer_metrics,
    record_sets,
    target_health,
    service_targets,
    service_updates,
    rollout,
    deployment_alarms,
    drift,
    traffic_shift,
    unhealthy_tasks,
    databases,
    caches,
    schedules,
    alarms,
    buckets,
    events,
    subnets,
    listeners,
    services,
    clusters,
    names,
    log_keys,
    forced,
    # Of these the ledger first: what the others ask is noted by it.
    ledger,
    transport,
    ecr_calls,
    logs_calls,
    ecs_calls,
    keys,
    service_role,
    task_roles,
    task_protection,
    function_roles,
    state_machine_roles,
    target_roles,
)


@functools.cache  # a second time would wrap everything twice
def apply_all():
    for part in PARTS:
        part.apply()


def _end_with_parent():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    if os.environ.get("BIND_HOST") != "127.0.0.1":
        # ministack's own default is every address of the machine.
        raise SystemExit("set BIND_HOST=127.0.0.1: the local AWS must not be reachable from elsewhere")
    apply_all()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from ministack.app import main

    sys.argv = sys.argv[:1]
    try:
        main()
    finally:
        # Now, and not once all threads have ended: one may wait minutes for a custom resource.
        atexit._run_exitfuncs()
        os._exit(0)
