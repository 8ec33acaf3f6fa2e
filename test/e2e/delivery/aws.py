"""Stands in for the AWS CLI: `aws SERVICE OPERATION --option value --query PATH --output text`, and `aws SERVICE wait WAITER`."""
import json
import sys

import boto3
import jmespath
from botocore.exceptions import ClientError, WaiterError


def main(service, operation, *rest):
    waiter = operation == "wait"
    if waiter:
        operation, *rest = rest
    options = dict(zip(rest[::2], rest[1::2]))
    query = options.pop("--query", None)
    options.pop("--output", None)
    request = {_camel(name.removeprefix("--")): _value(name, text) for name, text in options.items()}
    client = boto3.client(service)
    if waiter:
        client.get_waiter(operation.replace("-", "_")).wait(**request)
        return
    answer = getattr(client, operation.replace("-", "_"))(**request)
    found = jmespath.search(query, answer) if query else answer
    print(found if isinstance(found, (str, int)) else json.dumps(found, default=str))


def _camel(name):
    first, *others = name.split("-")
    return first + "".join(word.capitalize() for word in others)


def _value(name, text):
    """`imageTag=v1` is a structure, and a list of one where the option's name is a plural."""
    key, given, value = text.partition("=")
    if not given:
        return text
    return [{key: value}] if name.endswith("s") else {key: value}


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (ClientError, WaiterError) as error:
        raise SystemExit(f"\n{error}") from None
