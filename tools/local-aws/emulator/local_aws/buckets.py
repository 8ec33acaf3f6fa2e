"""Buckets of stacks: with their tags, by which the CDK's function that empties them knows which it may; and refused to be deleted with files in them."""
from ministack.services import s3

from .patching import change_type, needs

_NOT_EMPTY = "The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Bucket: {})"


def apply():
    needs(s3, "_bucket_tags", "_buckets", "_bucket_has_versions")
    change_type("AWS::S3::Bucket", create=_tagged, update=_tagged, delete=_refused_with_files)


def _tagged(make):
    # the properties are the last but one argument, for a creation and for an update
    def make_tagged(*arguments):
        name, attributes = make(*arguments)
        tags = {tag["Key"]: tag["Value"] for tag in arguments[-2].get("Tags", [])}
        if tags:
            s3._bucket_tags[name] = tags
        else:
            s3._bucket_tags.pop(name, None)
        return name, attributes

    return make_tagged


def _refused_with_files(delete):
    def delete_bucket(physical_id, props):
        bucket = s3._buckets.get(physical_id)
        if bucket and (bucket["objects"] or s3._bucket_has_versions(physical_id)):
            raise ValueError(_NOT_EMPTY.format(physical_id))
        delete(physical_id, props)

    return delete_bucket
