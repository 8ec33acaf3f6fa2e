"""The two ways in which this package changes ministack. Both fail at once where a name is gone: ministack is pinned exactly."""
from ministack.services.cloudformation import provisioners

#: "module.name" of everything replaced, for the test that a new ministack still has them all.
REPLACED = []

#: CloudFormation type to why it is here: "real", "recorded" (shown by an API, changes nothing) or "placeholder" (no API knows it).
ADDED_TYPES = {}


class NameGone(Exception):
    pass


def replace(owner, name, make):
    """Put make(original) in the place of owner.name."""
    if not hasattr(owner, name):
        raise NameGone(f"{owner.__name__}.{name}: ministack has changed, see tools/local-aws/emulator/local_aws")
    REPLACED.append(f"{owner.__name__}.{name}")
    setattr(owner, name, make(getattr(owner, name)))


def replace_action(service, action, make):
    """Put make(original) in the place of an API action's function."""
    if action not in service._ACTION_MAP:
        raise NameGone(f"{service.__name__}: ministack no longer has the action {action}")
    REPLACED.append(f"{service.__name__} {action}")
    service._ACTION_MAP[action] = make(service._ACTION_MAP[action])


def needs(owner, *names):
    """Names that are used, not replaced."""
    for name in names:
        replace(owner, name, lambda same: same)


def handler(resource_type):
    """The functions that create, update and delete a CloudFormation type."""
    handlers = provisioners._RESOURCE_HANDLERS
    if resource_type not in handlers:
        raise NameGone(f"ministack no longer has {resource_type}")
    return handlers[resource_type]


def change_type(resource_type, **functions):
    """Replace some of a type's functions; each is made from the one that was there, or from None."""
    before = handler(resource_type)
    REPLACED.append(resource_type)
    provisioners._RESOURCE_HANDLERS[resource_type] = {**before, **{name: make(before.get(name)) for name, make in functions.items()}}


def add_type(resource_type, how, create, delete, update=None):
    """Add a type that ministack lacks. One that it has learnt since is left alone."""
    if resource_type in provisioners._RESOURCE_HANDLERS:
        return
    ADDED_TYPES[resource_type] = how
    functions = {"create": create, "delete": delete}
    provisioners._RESOURCE_HANDLERS[resource_type] = {**functions, "update": update} if update else functions


def accepted(answer):
    """The answer of one of ministack's API functions, or its error as CloudFormation shows it."""
    if answer[0] >= 400:
        raise ValueError(str(answer[2])[:300])
    return answer
