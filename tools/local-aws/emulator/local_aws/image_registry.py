"""ECR as the CDK CLI expects it."""
import base64
import os
import time

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecr

from .patching import replace


def apply():
    replace(ecr, "_describe_images", _refuse_unknown_tags)
    replace(ecr, "_get_authorization_token", _token_for_this_machine)


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
