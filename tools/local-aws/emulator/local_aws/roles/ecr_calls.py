"""The resource of ECR's DescribeRepositories, which names repositories in a list: ministack looks for one name and finds none."""
import json

from ministack.core import iam_actions

from ..patching import replace


def apply():
    replace(iam_actions, "extract_resource_arn", _of_the_first)


def _of_the_first(extract):
    def extract_resource_arn(service, method, path, headers, body, params, region, account_id):
        if service == "ecr" and headers.get("x-amz-target", "").endswith(".DescribeRepositories"):
            names = json.loads(body or b"{}").get("repositoryNames") or []
            if names:
                return f"arn:aws:ecr:{region}:{account_id}:repository/{names[0]}"
        return extract(service, method, path, headers, body, params, region, account_id)

    return extract_resource_arn
