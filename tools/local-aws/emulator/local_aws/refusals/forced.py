"""CloudFormation asks for a new deployment where ECS refuses to go without one: its own updates are not refused for that."""
from ministack.services import ecs

from ..patching import replace
from ..service_updates import by_stack


def apply():
    # After services.py, so that it sees the call as CloudFormation makes it. The API's own action is left as it is.
    replace(ecs, "_update_service", _forced)


def _forced(update):
    def update_service(data):
        forced = by_stack.get() and data.get("capacityProviderStrategy")
        return update({**data, "forceNewDeployment": True} if forced else data)

    return update_service
