"""The stand-in for `docker build`: what a Dockerfile means to a plain process."""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from process_images import dockerfile, python_environment, source_environment
from process_images.dockerfile import Copy, Run
from process_images.python_environment import requirement_files
from process_images.store import Store, UnknownImage

MULTI_STAGE = """
# syntax=docker/dockerfile:1
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE} AS build
RUN python -m venv /opt/venv && \\
    # a comment within
    /opt/venv/bin/pip install -r requirements.txt
FROM ${PYTHON_IMAGE}
ARG RELEASE=none
ENV PATH="/opt/venv/bin:$PATH" \\
    GREETING="two words" RELEASE=${RELEASE}
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY --chown=10001:10001 . .
USER 10001:10001
CMD ["gunicorn", "app:create_app()"]
"""


class DockerfileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.context = self.folder / "context"
        self.context.mkdir()
        (self.context / "app.py").write_text("app = 1\n")
        (self.context / "requirements.txt").write_text("flask\n")

    def build(self, text, arguments=None, **options):
        path = self.context / "Dockerfile"
        path.write_text(text)
        return dockerfile.build(path, self.context, self.folder / "trees", arguments or {}, **options)

    def test_last_stage_of_a_multi_stage_dockerfile(self):
        stage = self.build(MULTI_STAGE)
        self.assertEqual(stage.command, ["gunicorn", "app:create_app()"])
        self.assertEqual(stage.workdir, "/app")
        self.assertEqual(stage.env["GREETING"], "two words")
        self.assertTrue((stage.root / "app" / "app.py").is_file())

    def test_build_argument_wins_over_default(self):
        self.assertEqual(self.build(MULTI_STAGE).env["RELEASE"], "none")
        self.folder = self.folder / "again"
        self.assertEqual(self.build(MULTI_STAGE, {"RELEASE": "7"}).env["RELEASE"], "7")

    def test_shell_form_runs_through_a_shell(self):
        self.assertEqual(self.build("FROM x\nCMD exec gunicorn app:app").command, ["/bin/sh", "-c", "exec gunicorn app:app"])

    def test_a_stage_that_builds_on_another_inherits_from_it(self):
        stage = self.build("FROM x AS base\nWORKDIR /srv\nENV A=1\nCOPY app.py .\nFROM base\nCMD [\"python\", \"app.py\"]")
        self.assertEqual((stage.workdir, stage.env), ("/srv", {"A": "1"}))
        self.assertTrue((stage.root / "srv" / "app.py").is_file())

    def test_target(self):
        stage = self.build("FROM x AS web\nCMD [\"a\"]\nFROM x AS other\nCMD [\"b\"]", target="web")
        self.assertEqual(stage.command, ["a"])

    def test_entrypoint_forgets_the_command_before_it(self):
        stage = self.build('FROM x\nCMD ["a"]\nENTRYPOINT ["tini", "--"]\nCMD ["b"]')
        self.assertEqual((stage.entrypoint, stage.command), (["tini", "--"], ["b"]))

    def test_copy_of_a_missing_file_is_an_error(self):
        with self.assertRaisesRegex(dockerfile.DockerfileError, "it copies 'nothing.txt'"):
            self.build("FROM x\nCOPY nothing.txt /")

    def test_requirements_of_the_app_and_of_the_server(self):
        self.assertEqual([path.name for path in requirement_files(self.context)], ["requirements.txt"])
        (self.context / "flask_image_server.txt").write_text("gunicorn\n")
        self.assertEqual([path.name for path in requirement_files(self.context)], ["requirements.txt", "flask_image_server.txt"])

    def test_steps_of_a_dockerfile_from_source(self):
        text = "# cdk-flask-fargate: built from source\nFROM python:3.12-slim AS build\nENV A=1\nWORKDIR /app\n" \
            "RUN --mount=type=cache,target=/root/.cache python3 -m venv /opt/venv\nCOPY requirements.txt ./\nCOPY . .\nFROM x\n"
        path = self.context / "Dockerfile"
        path.write_text(text)
        self.assertTrue(dockerfile.is_from_source(path))
        build, _ = dockerfile.stages_of(path, self.context, self.folder / "trees", {})
        run, copy, everything = build.steps
        self.assertEqual(build.base, "python:3.12-slim")
        self.assertEqual(run, Run("python3 -m venv /opt/venv", {"A": "1"}, "/app"))
        self.assertEqual([place for _, place in copy.files], ["/app/requirements.txt"])
        self.assertIn("/app/app.py", [place for _, place in everything.files])

    def test_an_image_is_found_by_its_tag_and_by_its_digest(self):
        path = self.context / "Dockerfile"
        path.write_text('FROM x\nCMD ["a"]')
        store = Store(self.folder / "store")
        with mock.patch.object(python_environment, "environment_for", return_value="venv"):
            first, second = (store.build(self.context, path, [f"registry/shop:v{number}"], {}) for number in (1, 2))
        self.assertNotEqual(first.digest, second.digest)
        self.assertEqual(store.find("registry/shop:v1"), first)
        self.assertEqual(store.find(f"registry/shop@{first.digest}"), first)
        store.tag("registry/shop:v2", "other/cart:1")
        self.assertEqual(store.find(f"other/cart@{second.digest}"), second)
        with self.assertRaises(UnknownImage):
            store.find(f"other/cart@{first.digest}")


class SourceEnvironmentTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "word.txt").write_text("one")

    def stage(self, *more):
        copy = Copy([(self.folder / "word.txt", "/app/word.txt")])
        install = Run("mkdir -p /opt/venv && cat word.txt $SECRET > /opt/venv/made", {"SECRET": "/run/secrets/NAME"}, "/app")
        return dockerfile.Stage(self.folder, base="none", steps=[Run("apt-get update", {}, "/app"), copy, install, *more])

    def test_runs_the_steps_below_the_cache(self):
        venv = source_environment.source_environment(self.stage(), self.folder / "venvs", {"NAME": "two"})
        self.assertEqual((venv / "made").read_text(), "onetwo")

    def test_a_change_of_what_is_installed_from_is_another_environment_and_one_of_the_code_is_not(self):
        venvs = self.folder / "venvs"
        first = source_environment.source_environment(self.stage(), venvs, {"NAME": ""})
        (self.folder / "code.py").write_text("1")
        later = [Copy([(self.folder / "code.py", "/app/code.py")]), Run("python3 -m compileall -q /app", {}, "/app")]
        self.assertEqual(source_environment.source_environment(self.stage(*later), venvs, {"NAME": ""}), first)
        (self.folder / "word.txt").write_text("other")
        self.assertNotEqual(source_environment.source_environment(self.stage(), venvs, {"NAME": ""}), first)

    def test_a_step_that_fails_says_which(self):
        stage = dockerfile.Stage(self.folder, base="none", steps=[Run("echo no such package; exit 3", {}, "/app")])
        with self.assertRaisesRegex(source_environment.RequirementsError, "exit 3 ended with 3:\nno such package"):
            source_environment.source_environment(stage, self.folder / "venvs")


if __name__ == "__main__":
    unittest.main()
