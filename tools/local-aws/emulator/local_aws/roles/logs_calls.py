"""The resource of calls to CloudWatch Logs: the log stream, without a name where the call is about the group.

AWS names it so in its denials, and policies grant `log-group:NAME:*`; ministack takes the group alone, which no such policy matches.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
"""
import json

from ministack.core import iam_actions

from ..patching import replace

#: These take the group without the end.
_OF_TAGS = {"TagResource", "UntagResource", "ListTagsForResource"}


def apply():
    replace(iam_actions, "extract_resource_arn", _with_stream)


def _with_stream(extract):
    def extract_resource_arn(service, method, path, headers, body, *rest):
        arn = extract(service, method, path, headers, body, *rest)
        action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if service != "logs" or ":log-group:" not in arn or action in _OF_TAGS:
            return arn
        return f"{arn.removesuffix(':*')}:log-stream:{json.loads(body or b'{}').get('logStreamName', '')}"

    return extract_resource_arn
