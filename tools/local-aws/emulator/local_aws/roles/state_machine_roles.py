"""A state machine calls other services as its role."""
import contextvars
import json

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import detect_service
from ministack.services import lambda_svc, stepfunctions

from ..patching import needs, replace
from ..refusals.refusal import Refusal
from ..refusals.services import check_run_task
from .service_role import AccessDenied, ServiceRole

#: The state machine whose execution runs in this thread.
_machine = contextvars.ContextVar("state_machine", default=None)


def apply():
    needs(stepfunctions, "_executions", "_state_machines", "_ExecutionError")
    needs(lambda_svc, "_get_func_record_for_ref")
    replace(stepfunctions, "_run_execution", _as_its_machine)
    replace(stepfunctions, "_call_lambda", _if_its_role_allows)
    replace(stepfunctions, "_invoke_ecs_run_task", _if_its_role_allows_to_run)
    replace(app, "call_service_handler_sync", _if_the_caller_may)
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::ecs:runTask"] = stepfunctions._invoke_ecs_run_task


def _as_its_machine(run):
    def run_execution(execution_arn):
        execution = stepfunctions._executions.get(execution_arn)
        _machine.set(stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None)
        run(execution_arn)

    return run_execution


def _role():
    machine = _machine.get()
    return machine and ServiceRole(machine["roleArn"], "states.amazonaws.com", machine["stateMachineArn"])


def _if_its_role_allows(call_lambda):
    def call_function(reference, event):
        _record, config, name = lambda_svc._get_func_record_for_ref(reference)
        try:
            if config and (role := _role()):
                role.require("lambda:InvokeFunction", config["FunctionArn"])
        except AccessDenied as error:
            raise stepfunctions._ExecutionError("Lambda.AWSLambdaException", f"{error} (Service: Lambda, Status Code: 403)") from None
        return call_lambda(reference, event)

    return call_function


def _if_its_role_allows_to_run(run_task):
    def invoke_run_task(resource, parameters):
        request = stepfunctions._pascal_to_camel(parameters)
        try:
            if role := _role():
                role.require_run_task(request)
            check_run_task(request)
        except Refusal as refusal:
            raise stepfunctions._ExecutionError(f"ECS.{refusal.code}", f"{refusal.message} (Service: AmazonECS; Status Code: 400)") from None
        except AccessDenied as error:
            raise stepfunctions._ExecutionError("ECS.AccessDeniedException", f"{error} (Service: AmazonECS; Status Code: 400)") from None
        return run_task(resource, parameters)

    return invoke_run_task


def _if_the_caller_may(call):
    """Integrations of the form aws-sdk:service:action, which go through the API's own handlers."""
    def call_service_handler(handler, method, path, headers, body, query_params, *rest, **options):
        machine = _machine.get()
        if machine:
            service = detect_service(method, path, headers, query_params)
            raw = body.encode() if isinstance(body, str) else body
            parameters = iam_actions.extract_iam_action(service, method, path, headers, raw, query_params)
            resource = iam_actions.extract_resource_arn(service, method, path, headers, raw, query_params, get_region(), get_account_id())
            keys = iam_actions.request_tag_context(service, parameters, raw, query_params)
            try:
                _role().require(parameters, resource, **{key.replace(":", "__"): value for key, value in keys.items()})
            except AccessDenied as error:
                return 403, {}, json.dumps({"__type": "AccessDeniedException", "message": str(error)}).encode()
        return call(handler, method, path, headers, body, query_params, *rest, **options)

    return call_service_handler
