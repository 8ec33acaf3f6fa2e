"""The stand-in for the `docker` command that the CDK CLI calls (CDK_DOCKER): build, tag, push and what goes with them."""
import json
import os
import sys
import urllib.error
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

from .dockerfile import DockerfileError
from .python_environment import RequirementsError
from .store import Store, UnknownImage

#: Options of `docker build` with a value that changes nothing for a plain process.
_IGNORED = {"--platform", "--network", "--ssh", "--build-context", "--output", "--cache-from", "--cache-to", "--progress"}


def main(arguments):
    store = Store.from_environment()
    if arguments[:1] == ["--config"]:
        arguments = arguments[2:]
    command, rest = (arguments[0] if arguments else ""), arguments[1:]
    if command == "build":
        _build(store, rest)
    elif command == "tag":
        store.tag(*rest)
    elif command == "push":
        _push(store, rest[-1])
    elif command in ("inspect", "image"):
        # The CDK asks whether the image is there before it builds. Its tag is the hash of the asset.
        store.find(rest[-1])
    elif command in ("login", "logout", "images", "version", "info"):
        pass
    else:
        raise SystemExit(f"the stand-in docker command cannot `{' '.join(arguments)}`: use --engine docker or podman")


def _build(store, words):
    tags, build_arguments, secrets, options, context = [], {}, {}, {}, "."
    words = iter(words)
    for word in words:
        name, given, value = word.partition("=")
        if not name.startswith("-"):
            context = word
            continue
        if name in ("-q", "--quiet", "--no-cache", "--pull", "--rm", "--load"):
            continue
        value = value if given else next(words)
        if name in ("-t", "--tag"):
            tags.append(value)
        elif name == "--build-arg":
            key, _, text = value.partition("=")
            build_arguments[key] = text
        elif name == "--secret":
            secrets.update([_secret(value)])
        elif name in ("-f", "--file", "--target"):
            options["file" if name in ("-f", "--file") else "target"] = value
        elif name not in _IGNORED:
            raise SystemExit(f"the stand-in docker command does not know `docker build {name}`: use --engine docker or podman")
    folder = Path(context).resolve()
    image = store.build(folder, folder / options.get("file", "Dockerfile"), tags, build_arguments, options.get("target"), secrets)
    print(f"recorded {', '.join(tags)} to run as a plain process: {' '.join(image.entrypoint + image.command)}")


def _secret(text):
    """`id=NAME,src=FILE` or `id=NAME,env=VARIABLE`; without a source the variable of that name, as BuildKit has it."""
    fields = dict(field.partition("=")[::2] for field in text.split(","))
    source = fields.get("src") or fields.get("source")
    if source:
        return fields["id"], Path(source).read_text(encoding="utf-8")
    return fields["id"], os.environ.get(fields.get("env") or fields["id"], "")


def _push(store, name):
    """Put the image's manifest into the emulator's registry, where ECR's API finds it by tag and digest."""
    image = store.find(name)
    host, _, path = name.partition("/")
    repository, _, tag = path.rpartition(":")
    account, _, _, region = host.split(".")[:4]
    body = json.dumps({"repositoryName": repository, "imageTag": tag, "imageManifest": image.manifest}).encode()
    today = datetime.now(timezone.utc).strftime("%Y%m%d")
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], data=body, headers={
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.PutImage",
        # The emulator takes account and region from here and checks no signature.
        "Authorization": f"AWS4-HMAC-SHA256 Credential={account}/{today}/{region}/ecr/aws4_request, SignedHeaders=host, Signature=0",
    })
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            print(f"{path}: {json.load(answer)['image']['imageId']['imageDigest']}")
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        if "ImageTagAlreadyExists" not in text and "ImageAlreadyExists" not in text:
            raise SystemExit(f"the registry refused {path}: {text}") from error


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UnknownImage as error:
        raise SystemExit(f"no such image: {error}") from None  # exit code 1: for the CDK, "not built yet"
    except (DockerfileError, RequirementsError) as error:
        print(f"cannot record the image: {error}", file=sys.stderr)
        raise SystemExit(2) from None
