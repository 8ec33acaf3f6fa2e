"""The files of the shop, in the bucket that it is told. Credentials and region are those of the task."""

from collections.abc import Iterator
from typing import IO

import boto3
from flask import current_app


def _bucket():
    s3 = boto3.resource("s3")
    return s3.Bucket(current_app.config["UPLOADS_BUCKET"])  # pyright: ignore[reportAttributeAccessIssue] made at run time


def save(key: str, content: IO[bytes]) -> None:
    _bucket().upload_fileobj(content, key)


def load(key: str) -> Iterator[bytes]:
    return _bucket().Object(key).get()["Body"].iter_chunks()
