"""ListDashboards as the SDK reads it: in JSON a time is a number, and ministack's is text, which the SDK refuses with the whole list."""
import json
from datetime import datetime

from ministack.services import cloudwatch

from .patching import replace


def apply():
    replace(cloudwatch, "_list_dashboards", _with_numbers)


def _with_numbers(list_dashboards):
    def list_in_json(params, data, is_cbor, is_json=False):
        answer = list_dashboards(params, data, is_cbor, is_json)
        if not is_json or answer[0] != 200:
            return answer
        status, headers, body = answer
        content = json.loads(body)
        for entry in content["DashboardEntries"]:
            entry["LastModified"] = datetime.fromisoformat(entry["LastModified"].replace("Z", "+00:00")).timestamp()
        return status, headers, json.dumps(content).encode()

    return list_in_json
