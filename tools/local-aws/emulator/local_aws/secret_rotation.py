"""Rotation of secrets by their Lambda function, when RotateSecret asks for it. Nothing rotates by its schedule: that is only recorded.

ministack's RotateSecret makes a copy of the value and calls nobody. The event that a secret has another value it sends itself.
"""
import json
import logging
import threading

from ministack.core.responses import get_account_id, get_region, json_response, new_uuid, request_scope
from ministack.services import lambda_svc, secretsmanager

from .patching import accepted, add_type, needs, replace

_log = logging.getLogger("secret-rotation")

_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def apply():
    needs(secretsmanager, "_resolve")
    needs(lambda_svc, "_get_func_record_for_ref", "_execution_record_for_config", "_execute_function_with_config_scope")
    replace(secretsmanager, "_rotate_secret", _by_function)
    add_type("AWS::SecretsManager::RotationSchedule", "recorded", _create_schedule, _delete_schedule, _update_schedule)
    needs(secretsmanager, "_put_resource_policy", "_delete_resource_policy")
    add_type("AWS::SecretsManager::ResourcePolicy", "recorded", _create_policy, _delete_policy, _update_policy)


def _by_function(rotate):
    def rotate_secret(data):
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        function = data.get("RotationLambdaARN") or (secret or {}).get("RotationLambdaARN")
        if not function or secret.get("DeletedDate"):
            return rotate(data)
        secret.update(RotationEnabled=True, RotationLambdaARN=function)
        if "RotationRules" in data:
            secret["RotationRules"] = data["RotationRules"]
        version = data.get("ClientRequestToken") or new_uuid()
        # The function calls this same emulator, which therefore must not wait for it.
        arguments = (function, secret["ARN"], version, get_account_id(), get_region())
        threading.Thread(target=_run_steps, args=arguments, daemon=True, name="secret-rotation").start()
        return json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version})

    return rotate_secret


def _run_steps(function, secret, version, account, region):
    with request_scope(account, region):
        record, config, _name = lambda_svc._get_func_record_for_ref(function)
        for step in _STEPS:
            event = {"Step": step, "SecretId": secret, "ClientRequestToken": version}
            answer = lambda_svc._execute_function_with_config_scope(lambda_svc._execution_record_for_config(record, config), event)
            if answer.get("error"):
                _log.error("%s of %s failed: %s", step, secret, answer.get("body"))
                return


def _create_schedule(_logical_id, props, _stack):
    secret = _schedule(props)
    if str(props.get("RotateImmediatelyOnUpdate", True)).lower() == "true":
        accepted(secretsmanager._rotate_secret({"SecretId": secret}))
    return secret, {"Id": secret}


def _update_schedule(_physical_id, _old, props, _stack):
    secret = _schedule(props)
    return secret, {"Id": secret}


def _schedule(props):
    _, secret = secretsmanager._resolve(props["SecretId"])
    if not secret:
        raise ValueError(f"there is no secret {props['SecretId']}")
    secret.update(RotationEnabled=True, RotationLambdaARN=props.get("RotationLambdaARN"), RotationRules=props.get("RotationRules") or {})
    return secret["ARN"]


def _delete_schedule(physical_id, _props):
    _, secret = secretsmanager._resolve(physical_id)
    if secret:
        secret["RotationEnabled"] = False


def _create_policy(_logical_id, props, _stack):
    policy = json.dumps(props["ResourcePolicy"])
    accepted(secretsmanager._put_resource_policy({"SecretId": props["SecretId"], "ResourcePolicy": policy}))
    return props["SecretId"], {"Id": props["SecretId"]}


def _update_policy(_physical_id, _old, props, stack):
    return _create_policy(None, props, stack)


def _delete_policy(physical_id, _props):
    secretsmanager._delete_resource_policy({"SecretId": physical_id})
