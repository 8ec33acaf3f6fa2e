"""Providers of OpenID Connect in a stack. What a role trusts of their tokens, ministack decides by itself."""
from ministack.services import iam

from .patching import accepted, add_type, needs


def apply():
    needs(iam, "_oidc_providers", "_create_oidc_provider", "_delete_oidc_provider")
    add_type("AWS::IAM::OIDCProvider", "real", _create, _delete)


def _create(_logical_id, props, _stack):
    lists = {f"{name}.member.{number}": value for name, given in (("ClientIDList", "ClientIdList"), ("ThumbprintList", "ThumbprintList"))
             for number, value in enumerate(props.get(given) or [], 1)}
    before = set(iam._oidc_providers.keys())
    accepted(iam._create_oidc_provider({"Url": props["Url"], **lists}))
    arn = (set(iam._oidc_providers.keys()) - before).pop()
    return arn, {"Arn": arn}


def _delete(physical_id, _props):
    accepted(iam._delete_oidc_provider({"OpenIDConnectProviderArn": physical_id}))
