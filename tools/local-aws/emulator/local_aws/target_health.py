"""Load balancer health checks: a target gets requests once its health check path answers, as on AWS.

ministack calls every target healthy and sends it requests before its server listens, so each new task would
begin with errors that AWS does not have. Checks are more frequent here than the interval of the target group says.
"""
import http.client
import logging
import random
import threading
import time

from ministack.services import alb

from .patching import needs, replace, replace_action

_log = logging.getLogger("target-health")

_INTERVAL = 0.5
#: Two in a row, as the least that AWS takes for a threshold.
_UNHEALTHY_AFTER = 2

#: A healthy target is asked less often: each check is a line in the app's access log.
_INTERVAL_WHEN_HEALTHY = 5.0

#: So many in a row, and the task is taken for dead: a machine that is busy misses one now and then.
_GIVEN_UP_AFTER = 4

_failures = {}
_healthy = set()
_checked_at = {}


def apply():
    replace(alb, "_forward_to_tg", _to_healthy_targets)
    replace_action(alb, "DescribeTargetHealth", _with_states)
    needs(alb, "_proxy_http_target", "_tgs", "_targets", "_p", "_parse_targets_param", "_xml")
    threading.Thread(target=_check_for_ever, daemon=True, name="target-health").start()


def is_healthy(arn, address, port):
    return (arn, address, int(port or 80)) in _healthy


def is_given_up(arn, address, port):
    return _failures.get((arn, address, int(port or 80)), 0) >= _GIVEN_UP_AFTER


def _to_healthy_targets(forward):
    async def forward_to_target_group(arn, method, path, headers, body, query, raw_query_string=None, raw_path=None):
        group = alb._tgs.get(arn)
        healthy = [target for target in alb._targets.get(arn, []) if _key(arn, target) in _healthy]
        # With none healthy AWS sends to all of them; so does ministack.
        if not healthy or group.get("TargetType") != "ip":
            return await forward(arn, method, path, headers, body, query, raw_query_string, raw_path)
        return await alb._proxy_http_target(random.choice(healthy), group, method, raw_path or path, headers, body, query, raw_query_string)

    return forward_to_target_group


def _with_states(describe):
    def describe_target_health(params):
        answer = describe(params)
        if answer[0] != 200:
            return answer
        arn = alb._p(params, "TargetGroupArn")
        wanted = {target["Id"] for target in alb._parse_targets_param(params)}
        members = "".join(
            f"<member><Target><Id>{target['Id']}</Id><Port>{target.get('Port')}</Port></Target>"
            f"<TargetHealth><State>{_state(_key(arn, target))}</State></TargetHealth></member>"
            for target in alb._targets.get(arn, []) if not wanted or target["Id"] in wanted
        )
        return alb._xml(200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>")

    return describe_target_health


def _state(key):
    if key in _healthy:
        return "healthy"
    return "unhealthy" if _failures.get(key, 0) >= _UNHEALTHY_AFTER else "initial"


def _key(arn, target):
    return arn, target["Id"], int(target.get("Port") or 80)


def _check_for_ever():
    while True:
        time.sleep(_INTERVAL)
        try:
            _check_all()
        except Exception:
            _log.exception("a round of health checks failed")


def _check_all():
    registered = dict(_registered())
    for key, (target, group) in registered.items():
        if key in _healthy and time.monotonic() - _checked_at.get(key, 0) < _INTERVAL_WHEN_HEALTHY:
            continue
        _checked_at[key] = time.monotonic()
        _record(key, _answers(target, group))
    for key in set(_checked_at) - set(registered):
        _checked_at.pop(key)
        _failures.pop(key, None)
        _healthy.discard(key)


def _registered():
    # The stores' own views are of the current request's account; this thread serves no request. ARNs are the last part of each key.
    groups = {key[-1]: group for key, group in alb._tgs._data.copy().items()}
    for (*_account, arn), targets in alb._targets._data.copy().items():
        group = groups.get(arn) or {}
        if group.get("TargetType") == "ip":
            for target in list(targets):
                yield _key(arn, target), (target, group)


def _record(key, answers):
    if answers:
        _healthy.add(key)
        _failures.pop(key, None)
    else:
        _failures[key] = _failures.get(key, 0) + 1
        if _failures[key] >= _UNHEALTHY_AFTER:
            _healthy.discard(key)


def _answers(target, group):
    connection = http.client.HTTPConnection(target["Id"], int(target.get("Port") or 80), timeout=2)
    try:
        connection.request("GET", group.get("HealthCheckPath") or "/", headers={"User-Agent": "ELB-HealthChecker/2.0"})
        return _matches(connection.getresponse().status, str((group.get("Matcher") or {}).get("HttpCode") or "200"))
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _matches(status, codes):
    """`200`, `200,204` or `200-399`."""
    for part in codes.split(","):
        low, _, high = part.strip().partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False
