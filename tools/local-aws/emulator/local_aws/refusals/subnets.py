"""Subnets: within their VPC, and without overlap.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (InvalidSubnet.Conflict, InvalidSubnet.Range)
"""
import ipaddress

from ministack.services import ec2

from ..patching import needs
from .refusal import Refusal, check_action, check_creation


def apply():
    needs(ec2, "_subnets", "_vpcs", "_p")
    check_creation("AWS::EC2::Subnet", "_ec2_subnet_create", lambda props: _check(props.get("VpcId"), props.get("CidrBlock")))
    check_action(ec2, "CreateSubnet", lambda params: _check(ec2._p(params, "VpcId"), ec2._p(params, "CidrBlock")))


def _check(vpc_id, cidr):
    if not cidr:
        return
    block = ipaddress.ip_network(cidr)
    whole = (ec2._vpcs.get(vpc_id) or {}).get("CidrBlock")
    if whole and not block.subnet_of(ipaddress.ip_network(whole)):
        raise Refusal("Ec2", "InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    for subnet in ec2._subnets.values():
        if subnet["VpcId"] == vpc_id and block.overlaps(ipaddress.ip_network(subnet["CidrBlock"])):
            raise Refusal("Ec2", "InvalidSubnet.Conflict", f"The CIDR '{cidr}' conflicts with another subnet")
