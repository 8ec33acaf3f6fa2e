"""Calls count as sent by TLS: they are plain HTTP here, which a policy of `enforceSSL` would refuse, and by TLS wherever an SDK calls AWS."""
import contextvars

from ministack import app
from ministack.core import iam_evaluator

from ..patching import replace


def apply():
    secure = contextvars.ContextVar("request_origin", default=("127.0.0.1", True))
    replace(iam_evaluator, "_request_origin", lambda _plain: secure)
    replace(app, "pin_request_origin", lambda pin: lambda source_ip, _secure: pin(source_ip, True))
