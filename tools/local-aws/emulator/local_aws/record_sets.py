"""Names in zones: groups of record sets, and an alias leads a request to its load balancer, as a client's look-up does.

A group changes by one batch: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordsetgroup.html
"""
from ministack import app
from ministack.services import alb, route53
from ministack.services.cloudformation import provisioners

from .patching import add_type, needs, replace


def apply():
    needs(provisioners, "_r53_record_set_create", "_r53_record_set_delete")
    needs(route53, "_records")
    add_type("AWS::Route53::RecordSetGroup", "real", _create, _delete, _update)
    replace(alb, "find_lb_for_host", _by_alias)
    replace(app, "_is_potential_alb_request", lambda is_one: lambda host, path: is_one(host, path) or bool(_target_of(host)))


def _sets(props):
    """Each record as a resource of its own would have it."""
    zone = {key: props[key] for key in ("HostedZoneId", "HostedZoneName") if key in props}
    return [{**zone, **record} for record in props.get("RecordSets") or []]


def _create(logical_id, props, stack):
    made = []
    try:
        for record in _sets(props):
            provisioners._r53_record_set_create(logical_id, record, stack)
            made.append(record)
    except ValueError:
        for record in made:
            provisioners._r53_record_set_delete("", record)
        raise
    return f"{stack}-{logical_id}", {}


def _update(physical_id, old, new, stack):
    stay = [record for record in _sets(old) if record in _sets(new)]
    gone = {"RecordSets": [record for record in _sets(old) if record not in stay]}
    _delete(physical_id, gone)
    try:
        _create(physical_id, {"RecordSets": [record for record in _sets(new) if record not in stay]}, stack)
    except ValueError:
        _create(physical_id, gone, stack)
        raise
    return physical_id, {}


def _delete(_physical_id, props):
    for record in _sets(props):
        provisioners._r53_record_set_delete("", record)


def _by_alias(find):
    def find_lb_for_host(host):
        return find(host) or find(_target_of(host))

    return find_lb_for_host


def _target_of(host):
    name = host.split(":")[0].lower()
    for records in list(route53._records.values()):
        for record in records:
            if record["Type"] == "A" and record["Name"].rstrip(".").lower() == name and record.get("AliasTarget"):
                target = record["AliasTarget"]["DNSName"].rstrip(".").lower()
                return target.removeprefix("dualstack.")
    return ""
