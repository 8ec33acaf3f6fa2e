"""Elastic IPs, NAT gateways and security group rules: recorded, so that EC2's API lists them. No packet is filtered or routed."""
from ministack.core.responses import new_uuid
from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from .patching import accepted, add_type, change_type, needs


def apply():
    needs(ec2, "_addresses", "_allocate_address", "_release_address", "_nat_gateways", "_create_nat_gateway", "_security_groups", "_tags")
    needs(provisioners, "_ec2_apply_tags", "_ec2_sg_permissions")
    add_type("AWS::EC2::EIP", "recorded", _create_eip, _delete_eip)
    add_type("AWS::EC2::NatGateway", "recorded", _create_nat_gateway, _delete_nat_gateway)
    add_type("AWS::EC2::SecurityGroupIngress", "recorded", *_security_group_rule("IpPermissions"))
    add_type("AWS::EC2::SecurityGroupEgress", "recorded", *_security_group_rule("IpPermissionsEgress"))
    change_type("AWS::EC2::VPC", create=_with_cidr)


def _create_eip(_logical_id, props, _stack):
    before = set(ec2._addresses.keys())
    accepted(ec2._allocate_address({"Domain": "vpc"}))
    allocation = (set(ec2._addresses.keys()) - before).pop()
    provisioners._ec2_apply_tags(allocation, props)
    address = ec2._addresses[allocation]["PublicIp"]
    return address, {"AllocationId": allocation, "PublicIp": address}


def _delete_eip(physical_id, _props):
    for allocation, record in list(ec2._addresses.items()):
        if record["PublicIp"] == physical_id:
            accepted(ec2._release_address({"AllocationId": allocation}))
            ec2._tags.pop(allocation, None)


def _create_nat_gateway(_logical_id, props, _stack):
    before = set(ec2._nat_gateways.keys())
    accepted(ec2._create_nat_gateway({key: props[key] for key in ("SubnetId", "AllocationId", "ConnectivityType") if key in props}))
    gateway = (set(ec2._nat_gateways.keys()) - before).pop()
    provisioners._ec2_apply_tags(gateway, props)
    return gateway, {"NatGatewayId": gateway}


def _delete_nat_gateway(physical_id, _props):
    # Gone at once. EC2 would list it as deleted for an hour.
    ec2._nat_gateways.pop(physical_id, None)
    ec2._tags.pop(physical_id, None)


def _security_group_rule(direction):
    def create(_logical_id, props, _stack):
        group = ec2._security_groups.get(props.get("GroupId"))
        if not group:
            raise ValueError(f"The security group '{props.get('GroupId')}' does not exist")
        rule = {**provisioners._ec2_sg_permissions([props])[0], "SecurityGroupRuleId": f"sgr-{new_uuid().replace('-', '')[:17]}"}
        group[direction] = [*group[direction], rule]
        return rule["SecurityGroupRuleId"], {"Id": rule["SecurityGroupRuleId"]}

    def delete(physical_id, _props):
        for group in ec2._security_groups.values():
            group[direction] = [rule for rule in group[direction] if rule.get("SecurityGroupRuleId") != physical_id]

    return create, delete


def _with_cidr(create):
    """Fn::GetAtt VPC.CidrBlock, which the CDK's interface endpoints ask for."""
    def create_vpc(logical_id, props, stack):
        vpc, attributes = create(logical_id, props, stack)
        return vpc, {"CidrBlock": props.get("CidrBlock"), "CidrBlockAssociations": [], **attributes}

    return create_vpc
