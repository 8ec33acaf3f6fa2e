"""Secrets: Ref is the ARN, from which ECS's valueFrom is built (ministack's is the name), and an empty GenerateSecretString generates."""
from ministack.services.cloudformation import provisioners

from .patching import change_type, replace

_name_of = {}


def apply():
    replace(provisioners, "_sm_secret_string", _with_generated_default)
    change_type("AWS::SecretsManager::Secret", create=_create, update=_update, delete=_delete)


def _with_generated_default(secret_string):
    """The CDK's plain `new Secret()` has `GenerateSecretString: {}`, which ministack takes for nothing to generate."""
    def value(props):
        if props.get("GenerateSecretString") == {}:
            props = {**props, "GenerateSecretString": {"PasswordLength": 32}}
        return secret_string(props)

    return value


def _create(create):
    def create_secret(logical_id, props, stack):
        return _by_arn(*create(logical_id, props, stack))

    return create_secret


def _update(update):
    def update_secret(physical_id, *rest):
        return _by_arn(*update(_name_of.get(physical_id, physical_id), *rest))

    return update_secret


def _delete(delete):
    def delete_secret(physical_id, props):
        delete(_name_of.pop(physical_id, physical_id), props)

    return delete_secret


def _by_arn(name, attributes):
    arn = attributes.get("Arn") or attributes.get("Id") or ""
    if not arn.startswith("arn:"):
        return name, attributes
    _name_of[arn] = name
    return arn, attributes
