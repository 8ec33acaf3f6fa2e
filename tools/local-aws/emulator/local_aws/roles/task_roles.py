"""The two roles of a task. The execution role pulls the image, reads the secrets and writes the log; the app has the task role's credentials.

What the execution role may not do keeps the task from starting, with the reason that Fargate gives.
"""
import json
import re
import secrets

from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs, imds, ssm

from ..patching import needs, replace
from .keys import key_arn
from .service_role import AccessDenied, ServiceRole

_SERVICE = "ecs-tasks.amazonaws.com"
_ECR_IMAGE = re.compile(r"(?P<account>\d{12})\.dkr[.-]ecr\.(?P<region>[a-z0-9-]+)\.[^/]+/(?P<repository>[^:@]+)")
_NO_TRUST = (
    "ECS was unable to assume the role '{}' that was provided for this task. Please verify that the role being passed has the proper "
    "trust relationship and permissions and that your IAM user has permissions to pass this role."
)
_NO_SECRETS = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
_NO_SECRET = (
    _NO_SECRETS + "unable to retrieve secret from {}: service call has been retried 1 time(s): failed to fetch secret {} from {}: "
    "AccessDeniedException: {}"
)
_NO_LOG_STREAM = (
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
    "failed to create Cloudwatch log stream: AccessDeniedException: {} : exit status 1"
)

#: (token, credentials) by the path at which a task finds them.
_credentials = {}


class CannotStart(Exception):
    """A task that its roles do not let start, with Fargate's reason."""


def apply():
    needs(ecs, "_fail_task_start", "_awslogs_config")
    replace(ecs, "_start_task_worker", _if_its_roles_allow)
    replace(ecs, "_register_metadata", _with_credentials)
    replace(imds, "handle_request", _or_of_a_task)


def _if_its_roles_allow(start):
    def start_task_worker(task, definition, overrides, docker_client):
        try:
            task["_task_role"] = _assume(definition.get("taskRoleArn"), task)
            _prepare(_assume(definition.get("executionRoleArn"), task), definition, task["taskArn"].rsplit("/", 1)[-1])
        except CannotStart as error:
            ecs._fail_task_start(task, docker_client, str(error))
            return
        start(task, definition, overrides, docker_client)

    return start_task_worker


def _assume(arn, task):
    if not arn:
        return None
    try:
        return ServiceRole(arn, _SERVICE, task["taskArn"])
    except AccessDenied:
        raise CannotStart(_NO_TRUST.format(arn)) from None


def _prepare(role, definition, task_id):
    for container in definition["containerDefinitions"]:
        _pull(role, container["image"])
        for secret in container.get("secrets") or []:
            _read(role, secret["valueFrom"])
        if log := ecs._awslogs_config(container, task_id, task_id):
            _write_log(role, log)


def _pull(role, image):
    ecr = _ECR_IMAGE.match(image)
    if not ecr:
        return  # a public registry asks for no role
    repository = f"arn:aws:ecr:{ecr['region']}:{ecr['account']}:repository/{ecr['repository']}"
    try:
        _known(role).require("ecr:GetAuthorizationToken")
    except AccessDenied as error:
        raise CannotStart(f"{_NO_SECRETS}unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
                          f"AccessDeniedException: {error}") from None
    try:
        for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"):
            role.require(action, repository)
    except AccessDenied as error:
        raise CannotStart(f"CannotPullECRContainerError: AccessDeniedException: {error}") from None


def _read(role, value_from):
    if ":secretsmanager:" in value_from:
        arn = ":".join(value_from.split(":")[:7])
        action, store, short, key = "secretsmanager:GetSecretValue", "secrets manager", "asm", None
    else:
        name = value_from.split(":parameter/", 1)[-1] if value_from.startswith("arn:") else value_from.lstrip("/")
        arn = f"arn:aws:ssm:{get_region()}:{get_account_id()}:parameter/{name}"
        parameter = ssm._parameters.get(f"/{name}") or ssm._parameters.get(name) or {}
        action, store, short, key = "ssm:GetParameters", "ssm", "ssm", parameter.get("KeyId")
    try:
        _known(role).require(action, arn)
        # The evaluator looks after the key of a secret by itself (keys.py).
        if key_arn(key) and ":ssm:" in arn:
            role.require("kms:Decrypt", key_arn(key), kms__ViaService=f"ssm.{get_region()}.amazonaws.com")
    except AccessDenied as error:
        raise CannotStart(_NO_SECRET.format(short, arn, store, error)) from None


def _write_log(role, log):
    group = f"arn:aws:logs:{log['region'] or get_region()}:{get_account_id()}:log-group:{log['group']}"
    try:
        if log["create_group"]:
            _known(role).require("logs:CreateLogGroup", group)
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            _known(role).require(action, f"{group}:log-stream:{log['stream']}")
    except AccessDenied as error:
        raise CannotStart(_NO_LOG_STREAM.format(error)) from None


def _known(role):
    if not role:
        raise AccessDenied("the task definition has no execution role")
    return role


def _with_credentials(register):
    def register_metadata(task_arn, cluster_arn, definition, container, launch_type, env, *rest):
        token = register(task_arn, cluster_arn, definition, container, launch_type, env, *rest)
        role = (ecs._tasks.get(task_arn) or {}).get("_task_role")
        if not role:
            for name in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"):
                env.pop(name, None)
            return token
        path = "/" + env["AWS_CONTAINER_CREDENTIALS_FULL_URI"].split("/", 3)[-1]
        _credentials[path] = (env["AWS_CONTAINER_AUTHORIZATION_TOKEN"], role)
        return token

    return register_metadata


def _or_of_a_task(handle):
    async def handle_request(method, path, headers, body, query_params):
        if method != "GET" or not path.startswith("/v2/credentials/"):
            return await handle(method, path, headers, body, query_params)
        token, role = _credentials.get(path, ("", None))
        if not role or not secrets.compare_digest(headers.get("authorization", ""), token):
            return 403, {"Content-Type": "application/json"}, b'{"code": "AccessDenied", "message": "no task has these credentials"}'
        document = {
            "AccessKeyId": role.credentials["AccessKeyId"], "SecretAccessKey": role.credentials["SecretAccessKey"],
            "Token": role.credentials["SessionToken"], "Expiration": "2099-01-01T00:00:00Z", "RoleArn": role.arn,
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()

    return handle_request
