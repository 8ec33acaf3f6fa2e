"""What a task definition says of a container's limits, handed to the engine in the docker SDK's names: ministack leaves it out.

Docker and podman then keep them themselves; the stand-in for docker keeps them by `sandbox.py` where it can.
"""
from ministack.services import ecs

from .patching import replace


def apply():
    replace(ecs, "_build_run_kwargs", _with_limits)


def _with_limits(build):
    def build_run_kwargs(container, *rest):
        return {**build(container, *rest), **limits(container)}

    return build_run_kwargs


def limits(container):
    parameters = container.get("linuxParameters") or {}
    found = {
        "read_only": str(container.get("readonlyRootFilesystem", False)).lower() == "true",
        "tmpfs": {**_volumes(container), **{entry["containerPath"]: _options(entry) for entry in parameters.get("tmpfs") or []}},
        "user": container.get("user"),
        "cap_drop": (parameters.get("capabilities") or {}).get("drop"),
        "working_dir": container.get("workingDirectory"),
        "entrypoint": container.get("entryPoint"),
    }
    return {name: value for name, value in found.items() if value}


def _volumes(container):
    """Volumes of a task, and file systems, are each container's own here, in memory."""
    return {mount["containerPath"]: "mode=1777" for mount in container.get("mountPoints") or [] if not mount.get("readOnly")}


def _options(entry):
    return ",".join([f"size={int(entry['size'])}m", *(entry.get("mountOptions") or [])])
