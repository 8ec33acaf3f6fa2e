"""In a task of the app: presigned URLs as the docs make them, with the rights of the task's role, and their hosts in regions of each partition."""
import json
import os

import boto3
from botocore.config import Config

BUCKET = os.environ["UPLOADS_BUCKET"]


def client(**options):
    return boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}), **options)


def signed(s3, key):
    urls = {method: s3.generate_presigned_url(f"{method}_object", {"Bucket": BUCKET, "Key": key}, ExpiresIn=600) for method in ("put", "get")}
    return {**urls, "form": s3.generate_presigned_post(BUCKET, f"form-{key}", ExpiresIn=600)}


urls = signed(client(), "photo.txt")
del os.environ["AWS_ENDPOINT_URL"]
hosts = {
    region: signed(client(region_name=region), "photo.txt")["put"].split("/")[2].removeprefix(f"{BUCKET}.")
    for region in ("us-east-1", "eu-west-1", "eu-south-2", "us-gov-west-1", "cn-north-1")
}
print("UPLOADS", json.dumps({"bucket": BUCKET, **urls, "hosts": hosts}), flush=True)
