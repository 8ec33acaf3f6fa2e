"""A log group with a key: the policy of the key lets CloudWatch Logs in, for this group.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import kms
from ministack.services.cloudformation import provisioners

from ..patching import change_type, needs
from .refusal import Refusal

#: Describe* is in the example of the documentation too; groups are made without it.
_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo", "kms:GenerateDataKey")


def apply():
    needs(kms, "key_policy_for_arn")
    needs(provisioners, "_physical_name")
    change_type("AWS::Logs::LogGroup", create=_if_the_key_lets_in)


def _if_the_key_lets_in(create):
    def create_log_group(logical_id, props, stack):
        if key := props.get("KmsKeyId"):
            # A generated name is not known before: a policy for all of the account's groups has a pattern for it.
            name = props.get("LogGroupName") or f"{stack}-{logical_id}-generated"
            arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{name}"
            if not all(_lets_in(key, action, arn) for action in _ACTIONS):
                raise Refusal("CloudWatchLogs", "InvalidParameterException",
                              f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'")
        return create(logical_id, props, stack)

    return create_log_group


def _lets_in(key, action, arn):
    service = f"logs.{get_region()}.amazonaws.com"
    found = kms.key_policy_for_arn(key)
    context = iam_evaluator.EvalContext(
        principal_arn=service, principal_type="Service", principal_account="", action=action, resource_arn=key, region=get_region(),
        service_context={"kms:encryptioncontext:aws:logs:arn": arn, "aws:sourceaccount": get_account_id(), "aws:sourcearn": arn},
    )
    return bool(found) and iam_evaluator.evaluate_resource_policy(found[0], context, service=service).decision == "Allow"
