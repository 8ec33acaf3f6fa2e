"""How long a minute of AWS lasts here: LOCAL_AWS_MINUTE_SECONDS says it, for a test of what takes hours.

Alarms look at periods of such minutes, and a deployment that shifts traffic waits for them. All else goes on at its own pace.
"""
import os

_GIVEN = os.environ.get("LOCAL_AWS_MINUTE_SECONDS")
_OF_ALARMS = float(_GIVEN or 60)
#: Nobody waits half an hour for a deployment to a demo.
_OF_DEPLOYMENTS = float(_GIVEN or 1)


def of_alarms(seconds):
    """How many seconds a period of alarms lasts."""
    return seconds * _OF_ALARMS / 60


def of_deployments(minutes):
    """How many seconds a wait of a deployment lasts."""
    return minutes * _OF_DEPLOYMENTS
