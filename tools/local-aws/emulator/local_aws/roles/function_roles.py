"""Lambda functions: a role that Lambda cannot assume is refused, and a log is written only by a role that may.

ministack gives a function the credentials of its role by itself (AUTH=true).
"""
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc

from ..patching import change_type, replace
from .service_role import AccessDenied, ServiceRole

_SERVICE = "lambda.amazonaws.com"


def apply():
    replace(lambda_svc, "_emit_lambda_logs", _if_its_role_may)
    change_type("AWS::Lambda::Function", create=_if_lambda_may_assume)


def _if_lambda_may_assume(create):
    def create_function(logical_id, props, stack):
        try:
            ServiceRole(props["Role"], _SERVICE)
        except AccessDenied:
            raise ValueError("The role defined for the function cannot be assumed by Lambda.") from None
        return create(logical_id, props, stack)

    return create_function


def _if_its_role_may(emit):
    def emit_lambda_logs(function, *rest, **options):
        config = function.get("config") or function
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:latest"
        try:
            role = ServiceRole(config["Role"], _SERVICE, config.get("FunctionArn", ""))
            for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
                role.require(action, arn)
        except AccessDenied:
            return
        emit(function, *rest, **options)

    return emit_lambda_logs
