"""A refusal, and the two ways in which it reaches who called."""
from ministack.core.responses import error_response_json
from ministack.services import alb, ec2
from ministack.services.cloudformation import provisioners

from ..patching import change_type, replace, replace_action

_XML = {"ElasticLoadBalancingV2": alb, "Ec2": ec2}


class Refusal(ValueError):
    """Of a service of AWS, as its SDK names it (AmazonECS): the stack shows it as the resource handlers do."""

    def __init__(self, service, code, message):
        super().__init__(f'Resource handler returned message: "{message} (Service: {service}, Status Code: 400)" (HandlerErrorCode: {code})')
        self.service, self.code, self.message = service, code, message

    @property
    def answer(self):
        """As the API answers."""
        module = _XML.get(self.service)
        return module._error(self.code, self.message, 400) if module else error_response_json(self.code, self.message, 400)


def check_action(module, action, check):
    """Refuse an API call for which check(parameters) raises."""
    replace_action(module, action, _checked(check))


def check_function(module, function, action, check):
    """Refuse an API call also where ministack's own code, for stacks above all, makes it by its function."""
    replace(module, function, _checked(check))
    replace_action(module, action, lambda _original: getattr(module, function))


def _checked(check):
    def checked(act):
        def act_if_allowed(parameters):
            try:
                check(parameters)
            except Refusal as refusal:
                return refusal.answer
            return act(parameters)

        return act_if_allowed

    return checked


def check_creation(resource_type, function, check):
    """Refuse to make a resource of a stack for which check(properties) raises; `function` is ministack's, which replacements call too."""
    def checked(create):
        def create_if_allowed(logical_id, props, stack):
            check(props)
            return create(logical_id, props, stack)

        return create_if_allowed

    replace(provisioners, function, checked)
    change_type(resource_type, create=checked)


def check_update(resource_type, check):
    """Refuse an update in place for which check(physical id, old properties, new properties) raises."""
    def checked(update):
        def update_if_allowed(physical_id, old, new, *rest):
            check(physical_id, old, new)
            return update(physical_id, old, new, *rest)

        return update_if_allowed

    change_type(resource_type, update=checked)
