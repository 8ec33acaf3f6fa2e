"""Secrets and queues that are encrypted with a key of the account: who reads or writes them needs the key too, by its policy and their own.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import secretsmanager, sqs

from ..patching import needs, replace

_NEEDED = {
    "secretsmanager:GetSecretValue": ("kms:Decrypt",),
    "secretsmanager:PutSecretValue": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
}


def apply():
    needs(secretsmanager, "_resolve")
    needs(sqs, "_queue_by_arn")
    replace(iam_evaluator, "enforce", _with_the_key)


def key_arn(key):
    """The ARN of a key of the account; None for AWS's own, which needs no grant."""
    if not key or "alias/aws/" in key:
        return None
    return key if key.startswith("arn:") else f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{key}"


def _with_the_key(enforce):
    def enforce_with_the_key(access_key_id, iam_action, service, region, **options):
        denied = enforce(access_key_id, iam_action, service, region, **options)
        if denied or iam_action not in _NEEDED:
            return denied
        key = _key_of(service, options.get("resource_arn", ""))
        for action in _NEEDED[iam_action] if key else ():
            via = {"kms:viaservice": f"{service}.{region}.amazonaws.com"}
            if enforce(access_key_id, action, "kms", region, resource_arn=key, service_context=via):
                words = "Access to KMS is not allowed" if service == "secretsmanager" else f"the caller has no {action} on {key}"
                return iam_evaluator.AuthError("AccessDeniedException", words)
        return None

    return enforce_with_the_key


def _key_of(service, arn):
    if service == "secretsmanager":
        _, secret = secretsmanager._resolve(arn)
        return key_arn((secret or {}).get("KmsKeyId"))
    queue = sqs._queue_by_arn(arn)
    return key_arn((queue or {}).get("attributes", {}).get("KmsMasterKeyId"))
