"""Every path of a load balancer's name belongs to the app behind it.

ministack answers some paths itself whatever the host: `/health` above all, so that an app whose own `/health` fails would look well. It looks for the load
balancer in its own account and region alone, for a visitor says none: one of another would have no visitors.
"""
from ministack import app
from ministack.core import responses
from ministack.services import alb

from .patching import needs, replace


def apply():
    needs(responses, "_request_account_id", "_request_region")
    replace(alb, "find_lb_for_host", _in_any_account_and_region)
    replace(app, "_handle_pre_body_request", _not_for_load_balancers)


def _in_any_account_and_region(find):
    def find_lb_for_host(host):
        found = find(host)
        # the request goes on in the account and the region in which it is found
        for account, region in [] if found else sorted({(account, region) for account, region, _ in alb._lbs._data.copy()}):
            before = responses._request_account_id.set(account), responses._request_region.set(region)
            found = find(host)
            if found:
                return found
            responses._request_account_id.reset(before[0])
            responses._request_region.reset(before[1])
        return found

    return find_lb_for_host


def _not_for_load_balancers(handle):
    async def handle_pre_body_request(method, path, headers, query_params, request_id):
        if alb.find_lb_for_host(headers.get("host", "")):
            return None
        return await handle(method, path, headers, query_params, request_id)

    return handle_pre_body_request
