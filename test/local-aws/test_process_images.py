"""The stand-in for `docker build`: what a Dockerfile means to a plain process."""
import tempfile
import unittest
from pathlib import Path

from process_images import dockerfile
from process_images.python_environment import requirement_files

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
        (self.context / "requirements-server.txt").write_text("gunicorn\n")
        self.assertEqual([path.name for path in requirement_files(self.context)], ["requirements.txt", "requirements-server.txt"])


if __name__ == "__main__":
    unittest.main()
