"""Lambda functions: what they throw arrives whole, and a log group that has been deleted is not made anew.

The CDK's provider framework puts the trace of its handler's error into CloudFormation's message, and its own where the answer has none.
The last lines of a custom resource's function arrive when its stack is gone already. On AWS its role decides: one that may make log groups
leaves an empty group behind, which nobody's retention empties.
"""
import threading

from ministack.core import lambda_runtime
from ministack.services import cloudwatch_logs, lambda_svc

from .patching import needs, replace

_call = threading.local()


def apply():
    needs(cloudwatch_logs, "_log_groups")
    replace(lambda_svc, "_emit_lambda_logs", _to_a_group_that_is_there)
    replace(lambda_runtime.Worker, "invoke", _remembered)
    replace(lambda_svc, "_execute_function_warm", _with_trace)


def _to_a_group_that_is_there(emit):
    def emit_lambda_logs(func, *rest, **options):
        group = ((func.get("config") or func).get("LoggingConfig") or {}).get("LogGroup")
        if not group or group in cloudwatch_logs._log_groups:
            emit(func, *rest, **options)

    return emit_lambda_logs


def _remembered(invoke):
    def invoke_worker(self, *rest, **options):
        result = invoke(self, *rest, **options)
        _call.trace = result.get("trace")
        return result

    return invoke_worker


def _with_trace(execute):
    def execute_function(*rest, **options):
        _call.trace = None
        answer = execute(*rest, **options)
        if answer.get("error") and _call.trace and isinstance(answer.get("body"), dict):
            answer["body"]["trace"] = _call.trace.split("\n")
        return answer

    return execute_function
