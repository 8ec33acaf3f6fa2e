"""A role that an AWS service acts as: the trust policy lets it in, the role's policies decide each call."""
import contextvars
import hashlib

from ministack.core import iam_evaluator
from ministack.core.iam_actions import identity_denial_message
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, sts

from ..patching import needs
from . import ecs_calls

#: The service of a call as the evaluator names it, where that is not the prefix of the action.
_SERVICES = {"cloudwatch": "monitoring"}


class AccessDenied(Exception):
    """A call that IAM does not allow, in AWS's words."""


def apply():
    needs(iam_evaluator, "_anonymous", "_signed_request", "evaluate_resource_policy", "EvalContext")
    needs(iam, "_roles")
    needs(sts, "register_session")


class ServiceRole:
    def __init__(self, role_arn, service, source_arn=""):
        """Let `service` (ecs-tasks.amazonaws.com) assume the role for `source_arn`, or raise AccessDenied."""
        self.arn = role_arn
        self._name = role_arn.rsplit("/", 1)[-1]
        if not _trusts(self._name, role_arn, service, source_arn):
            raise AccessDenied(f"User: {service} is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
        self.credentials = _session(self._name, source_arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1] or service.split(".")[0])

    def require(self, action, resource="*", **context):
        """Raise AccessDenied unless the role may. Names of condition keys have `__` for the colon."""
        keys = {key.replace("__", ":").lower(): value for key, value in context.items()}
        prefix = action.partition(":")[0]
        denied = contextvars.copy_context().run(_decide, self.credentials["AccessKeyId"], action, _SERVICES.get(prefix, prefix), resource, keys)
        if isinstance(denied, iam_evaluator.AuthError):
            raise AccessDenied(denied.message)
        if denied:
            explicit = denied.decision == "Deny"
            raise AccessDenied(identity_denial_message(action, denied.principal_arn, resource, explicit))

    def require_run_task(self, request):
        """Whatever a RunTask with this request needs."""
        for action, resource, keys in ecs_calls.permissions(request):
            self.require(action, resource, **{key.replace(":", "__"): value for key, value in keys.items()})


def _decide(access_key, action, service, resource, keys):
    # The thread may have been started by a request, whose signature is not this call's.
    iam_evaluator._anonymous.set(False)
    iam_evaluator._signed_request.set(None)
    return iam_evaluator.enforce(access_key, action, service, get_region(), resource_arn=resource, service_context=keys)


def _trusts(name, role_arn, service, source_arn):
    role = iam._roles.get(name)
    if not role:
        return False
    context = iam_evaluator.EvalContext(
        principal_arn=service, principal_type="Service", principal_account=get_account_id(), action="sts:AssumeRole",
        resource_arn=role_arn, region=get_region(),
        service_context={"aws:sourceaccount": get_account_id(), "aws:sourcearn": source_arn or None},
    )
    return iam_evaluator.evaluate_resource_policy(role["AssumeRolePolicyDocument"], context, service=service).decision == "Allow"


def _session(role_name, session_name):
    """Credentials of a session: always the same for a role and a session name, since nothing here expires."""
    account = get_account_id()
    digest = hashlib.sha256(f"{account}:{role_name}:{session_name}".encode()).hexdigest()
    key = f"ASIA{digest[:16].upper()}"
    session = {"SecretAccessKey": digest[16:56], "SessionToken": f"token-{digest}"}
    sts.register_session(key, {
        **session,
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session_name[:64]}",
        "UserId": f"{iam._roles[role_name]['RoleId']}:{session_name[:64]}",
    })
    return {"AccessKeyId": key, **session}
