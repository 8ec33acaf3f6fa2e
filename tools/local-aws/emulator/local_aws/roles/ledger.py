"""What IAM decided, and what roles are granted that no call has used: written as JSON to the file LOCAL_AWS_IAM_LEDGER when the emulator ends."""
import atexit
import json
import os
import threading
from collections import Counter

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam
from ministack.services.cloudformation import provisioners

from ..patching import change_type, needs, replace

_ROLES, _POLICIES = "AWS::IAM::Role", ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")

_lock = threading.Lock()
#: "stack/logical id" of each role of a template, by its name.
_labels = {}
#: (role, action, decision) to how often.
_decisions = Counter()
#: (role, action of a policy, which may have wildcards) that policies have had.
_granted, _used = set(), set()


def apply():
    needs(iam_evaluator, "_gather_role_policies", "_role_name_from_assumed_arn", "fnmatch_iam")
    needs(iam, "_roles")
    replace(iam_evaluator, "_first_match", _noting_use)
    replace(iam_evaluator, "enforce", _noting_decision)
    change_type(_ROLES, create=_labelled, update=_noting_grants)
    for resource_type in _POLICIES:
        change_type(resource_type, create=_noting_grants, update=_noting_grants)
    if path := os.environ.get("LOCAL_AWS_IAM_LEDGER"):
        atexit.register(_write, path)


def report():
    with _lock:
        decisions = [{"role": role, "action": action, "decision": decision, "calls": calls}
                     for (role, action, decision), calls in sorted(_decisions.items())]
        unused = [{"role": role, "action": action} for role, action in sorted(_granted - _used)]
    return {"decisions": decisions, "unused": unused}


def label_of(principal_arn):
    name = iam_evaluator._role_name_from_assumed_arn(principal_arn)
    return _labels.get(name, name)


def _write(path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report(), file, indent=1)


def _noting_use(first_match):
    def first_match_of_statements(ctx, statements, effect):
        match = first_match(ctx, statements, effect)
        if match and effect == "Allow" and ":assumed-role/" in ctx.principal_arn:
            role = label_of(ctx.principal_arn)
            with _lock:
                _used.update((role, pattern) for pattern in match.actions if iam_evaluator.fnmatch_iam(ctx.action, pattern))
        return match

    return first_match_of_statements


def _noting_decision(enforce):
    def enforce_and_note(access_key_id, iam_action, *rest, **options):
        denied = enforce(access_key_id, iam_action, *rest, **options)
        principal = iam_evaluator.resolve_principal(access_key_id or "", get_account_id())
        if getattr(principal, "type", None) == "AssumedRole":
            with _lock:
                _decisions[label_of(principal.arn), iam_action, "denied" if denied else "allowed"] += 1
        return denied

    return enforce_and_note


def _labelled(create):
    def create_role(logical_id, props, stack):
        name, attributes = create(logical_id, props, stack)
        _labels[name] = f"{stack}/{logical_id}"
        _note_grants()
        return name, attributes

    return create_role


def _noting_grants(change):
    def change_policy(*arguments):
        answer = change(*arguments)
        _note_grants()
        return answer

    return change_policy


def _note_grants():
    for name in list(iam._roles.keys()):
        statements = [one for policy in iam_evaluator._gather_role_policies(name, get_account_id()) for one in policy]
        with _lock:
            _granted.update((_labels.get(name, name), action) for one in statements if one.effect == "Allow" for action in one.actions)
