"""Every block of Python in README and docs is run and its app synthesized, with what it takes as given.

    python tools/conformance/python_blocks.py FOLDER PAGE...

A block that names `# stack: Stack` has it as a value of that type; so has one of README by the names that all of its blocks share. A block without CDK code in it, which shows
the app of a user, is parsed alone.
"""
from __future__ import annotations

import ast
import json
import os
import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
DECLARED = re.compile(r"^# (\w+): (\w+)(?: +#.*)?$", re.M)
FLASK_APP = "from flask import Flask\n\napp = Flask(__name__)\n"
REQUIREMENTS = "flask==3.1.3\nwerkzeug==3.1.4\n"
#: The folders of apps that the pages name, beside those of README.
FOLDERS = ("", "infra", "infra/app", "infra/chat", "app")
CONTEXT = {"tag": "1.4.2", "digest": f"sha256:{'0' * 64}"}

#: What README takes as given in all of its blocks.
OF_README = {"stack": "Stack", "web": "FlaskFargateService", "queue": "Queue", "operator_role": "Role", "table": "Table", "bucket": "Bucket"}

class Given:
    """A value for each type that a block declares, in a stack of its own, made when it is asked for."""

    def __init__(self, folder: Path) -> None:
        import aws_cdk as cdk

        self.cdk = cdk
        self.app = cdk.App(outdir=str(folder / "cdk.out"))
        self._made: dict[str, object] = {}

    def value(self, name: str, kind: str) -> object:
        key = f"{name} {kind}" if kind == "Stack" else kind
        if key not in self._made:
            self._made[key] = self._make(name, kind)
        return self._made[key]

    def _stack(self, name: str = "stack"):
        return self.value(name, "Stack")

    def _make(self, name: str, kind: str) -> object:
        import cdk_flask_fargate as ours
        from aws_cdk import aws_certificatemanager as acm
        from aws_cdk import aws_dynamodb as dynamodb
        from aws_cdk import aws_ec2 as ec2
        from aws_cdk import aws_ecr as ecr
        from aws_cdk import aws_ecs as ecs
        from aws_cdk import aws_ecs_patterns as patterns
        from aws_cdk import aws_elasticache as elasticache
        from aws_cdk import aws_iam as iam
        from aws_cdk import aws_rds as rds
        from aws_cdk import aws_route53 as route53
        from aws_cdk import aws_s3 as s3
        from aws_cdk import aws_secretsmanager as secretsmanager
        from aws_cdk import aws_sqs as sqs

        if kind == "App":
            return self.app
        if kind in ("Stack", "Construct"):
            env = self.cdk.Environment(account="111122223333", region="us-east-1")
            return self.cdk.Stack(self.app, "Given" + name.title().replace("_", ""), env=env)
        stack = self._stack()
        web = lambda: self.value("web", "FlaskFargateService")  # noqa: E731
        vpc = lambda: self.value("vpc", "IVpc")  # noqa: E731
        makers = {
            "FlaskFargateService": lambda: ours.FlaskFargateService(stack, "Given", image=self.value("image", "FlaskImage")),
            "FlaskImage": lambda: ours.FlaskImage.from_source("app"),
            "DatabaseInstance": lambda: ours.FlaskDatabase.postgres(web(), "GivenDatabase", version=rds.PostgresEngineVersion.VER_17),
            "ISecret": lambda: secretsmanager.Secret(stack, "GivenSecret"),
            "Queue": lambda: sqs.Queue(stack, "GivenQueue"),
            "Role": lambda: iam.Role(stack, "GivenRole", assumed_by=iam.AccountRootPrincipal()),
            "Table": lambda: dynamodb.Table(stack, "GivenTable", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)),
            "Bucket": lambda: s3.Bucket(stack, "GivenBucket"),
            "IHostedZone": lambda: route53.HostedZone.from_hosted_zone_attributes(stack, "GivenZone", hosted_zone_id="Z1", zone_name="example.com"),
            "ApplicationLoadBalancer": lambda: web().load_balancer,
            "SecurityGroup": lambda: ec2.SecurityGroup(stack, "GivenGroup", vpc=web().vpc),
            "ICertificate": lambda: acm.Certificate(stack, "GivenCertificate", domain_name="shop.example.com"),
            "IVpc": lambda: ec2.Vpc(stack, "GivenVpc"),
            "IRepository": lambda: ecr.Repository(stack, "GivenImages"),
            "CfnReplicationGroup": lambda: elasticache.CfnReplicationGroup(stack, "GivenCache", replication_group_description="given", transit_encryption_enabled=True),
            "ApplicationLoadBalancedFargateService": lambda: patterns.ApplicationLoadBalancedFargateService(
                stack,
                "Old",
                vpc=vpc(),
                domain_name="shop",
                domain_zone=self.value("zone", "IHostedZone"),
                task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(image=ecs.ContainerImage.from_registry("example.com/shop:1")),
            ),
        }
        return makers[kind]()


def declared_in(page: str, code: str) -> dict[str, str]:
    named = dict(DECLARED.findall(code))
    if page != "README.md":
        return named
    words = set(re.findall(r"\w+", code))
    assigned = set(re.findall(r"^(\w+) = ", code, re.M))
    return {name: kind for name, kind in OF_README.items() if name in words - assigned}


def is_cdk(code: str) -> bool:
    return re.search(r"^(from|import) (aws_cdk|cdk_flask_fargate|constructs)\b", code, re.M) is not None or re.search(r"\b(web|stack)\.\w+\(|\w+\.grant\w*\(web", code) is not None


def run(page: str, code: str, given: dict[str, str], folder: Path) -> None:
    """The block as a program in shop/infra, beside the app in shop/app, and its synthesis."""
    values = Given(folder)
    names = {name: values.value(name, kind) for name, kind in given.items()}
    namespace = {"__name__": "block", "__file__": str(Path.cwd() / "app.py"), **names}
    exec(compile(code, page, "exec"), namespace)
    if "stack" in given or "web" in given or "app" in given:
        values.app.synth()
    elif hasattr(namespace.get("app"), "synth"):
        namespace["app"].synth()


def prepare(folder: Path) -> None:
    for path in FOLDERS:
        target = folder / "shop" / path
        target.mkdir(parents=True, exist_ok=True)
        (target / "app.py").write_text(FLASK_APP)
        (target / "shop.py").write_text("from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n")
        (target / "requirements.txt").write_text(REQUIREMENTS)
        (target / "Dockerfile").write_text("FROM python:3.13-slim\nCOPY . /app\nWORKDIR /app\n")
    os.chdir(folder / "shop/infra")
    os.environ["CDK_CONTEXT_JSON"] = json.dumps(CONTEXT)


def main(folder: Path, pages: list[Path]) -> int:
    folder = folder.resolve()
    pages = [page.resolve() for page in pages]
    prepare(folder)
    synthesized, compiled, failures = 0, 0, []
    for page in pages:
        for index, match in enumerate(BLOCK.finditer(page.read_text())):
            code, name = match[1], f"{page.parent.name}/{page.name} block {index + 1}"
            try:
                ast.parse(code)
                if is_cdk(code):
                    run(page.name, code, declared_in(page.name, code), folder)
                    synthesized += 1
                else:
                    compiled += 1
            except Exception as error:  # noqa: BLE001 - each is told, with its block
                failures.append(f"{name}: {type(error).__name__}: {str(error)[:400]}")
    print("\n".join(failures))
    print(f"{synthesized} blocks of Python synthesized, {compiled} without the CDK parsed, {len(failures)} failed")
    return 1 if failures or not synthesized else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(page) for page in sys.argv[2:]]))
