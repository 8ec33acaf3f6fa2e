"""Every path of a load balancer's name belongs to the app behind it.

ministack answers some paths itself whatever the host: `/health` above all, so that an app whose own `/health` fails would look well.
"""
from ministack import app
from ministack.services import alb

from .patching import needs, replace


def apply():
    needs(alb, "find_lb_for_host")
    replace(app, "_handle_pre_body_request", _not_for_load_balancers)


def _not_for_load_balancers(handle):
    async def handle_pre_body_request(method, path, headers, query_params, request_id):
        if alb.find_lb_for_host(headers.get("host", "")):
            return None
        return await handle(method, path, headers, query_params, request_id)

    return handle_pre_body_request
