"""ECR as the CDK CLI expects it."""
import base64
import json
import os
import time

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecr

from .patching import replace


def apply():
    replace(ecr, "_describe_images", _refuse_unknown_tags)
    replace(ecr, "_get_authorization_token", _token_for_this_machine)
    replace(ecr, "handle_request", _with_scans)


def _refuse_unknown_tags(describe):
    """ministack answers with an empty list, from which the CLI concludes that the image is there already: it never pushes."""
    def describe_images(data):
        name = data.get("repositoryName", "")
        if name in ecr._repositories:
            for image in data.get("imageIds") or []:
                if not ecr._find_image(name, image):
                    return error_response_json("ImageNotFoundException", f"The image with imageId {image} does not exist", 400)
        return describe(data)

    return describe_images


def _token_for_this_machine(_original):
    def get_authorization_token(_data):
        return json_response({"authorizationData": [{
            "authorizationToken": base64.b64encode(b"AWS:local").decode(),
            "expiresAt": int(time.time()) + 12 * 3600,
            "proxyEndpoint": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        }]})

    return get_authorization_token


def _with_scans(handle):
    """Nothing is scanned here: the findings of an image that was pushed are complete, and none."""
    async def handle_request(method, path, headers, body, query_params):
        if not headers.get("x-amz-target", "").endswith(".DescribeImageScanFindings"):
            return await handle(method, path, headers, body, query_params)
        data = json.loads(body)
        name, image = data["repositoryName"], data["imageId"]
        if name not in ecr._repositories or not ecr._find_image(name, image):
            return error_response_json("ImageNotFoundException", f"The image with imageId {image} does not exist", 400)
        findings = {"findings": [], "findingSeverityCounts": {}}
        return json_response({"repositoryName": name, "imageId": image, "imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": findings})

    return handle_request
