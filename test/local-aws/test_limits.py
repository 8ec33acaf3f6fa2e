"""The limits of a container in process mode: an app that writes elsewhere fails as on Fargate, and is the user that the definition says."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from docker.containers import Containers
from docker.task_environment import TASK_SITE, TaskEnvironment
from local_aws import container_limits

SANDBOX = TASK_SITE.parent / "task_limits" / "sandbox.py"
CONTAINER = {
    "name": "flask-app", "readonlyRootFilesystem": True, "user": "10001:10001",
    "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "tmpfs": [{"containerPath": "/tmp", "size": 1}, {"containerPath": "/app/uploads", "size": 2}]},
}
REFUSAL = subprocess.run([sys.executable, "-I", str(SANDBOX)], capture_output=True, text=True, check=False)


class DefinitionTest(unittest.TestCase):
    def test_the_limits_have_the_names_of_the_docker_sdk(self):
        self.assertEqual(container_limits.limits(CONTAINER), {
            "read_only": True, "user": "10001:10001", "cap_drop": ["ALL"], "tmpfs": {"/tmp": "size=1m", "/app/uploads": "size=2m"}})

    def test_a_container_without_any_has_none(self):
        self.assertEqual(container_limits.limits({"name": "sidecar"}), {})

    def test_a_volume_is_in_memory(self):
        mounts = [{"containerPath": "/data", "sourceVolume": "data"}, {"containerPath": "/given", "sourceVolume": "given", "readOnly": True}]
        self.assertEqual(container_limits.limits({"mountPoints": mounts}), {"tmpfs": {"/data": "mode=1777"}})


class Limited(unittest.TestCase):
    def setUp(self):
        # not below /tmp, where the folders of a run are: that it works there too is another test
        folder = tempfile.TemporaryDirectory(dir=Path(__file__).parent)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "root/app").mkdir(parents=True)
        (self.folder / "tasks").mkdir()
        self.image = SimpleNamespace(root=str(self.folder / "root"), workdir="/app", env={"PYTHONDONTWRITEBYTECODE": "1"}, entrypoint=[],
                                     command=["python"], venv=sys.prefix)
        variables = mock.patch.dict(os.environ, {"PROCESS_SANDBOX": "1", "PROCESS_TASKS": str(self.folder / "tasks"), "OF_THE_MACHINE": "1"})
        variables.start()
        self.addCleanup(variables.stop)


class EnvironmentTest(Limited):
    def test_there_are_no_more_variables_than_the_definitions(self):
        fitted = TaskEnvironment(self.image, "127.0.10.2", self.folder, container_limits.limits(CONTAINER))
        variables = fitted.variables({"FLASK_DEBUG": "0"})
        # the last five are what makes a process of this machine do for a container
        self.assertEqual(sorted(variables), sorted(["FLASK_DEBUG", "PYTHONDONTWRITEBYTECODE", "HOME", "PATH", "PYTHONPATH", "TASK_ADDRESS", "VIRTUAL_ENV"]))
        self.assertEqual(variables["HOME"], "/")
        self.assertEqual(fitted.variables({"HOME": "/tmp"})["HOME"], "/tmp")

    def test_an_entrypoint_of_the_definition_forgets_that_of_the_image_and_its_command(self):
        self.image.entrypoint, self.image.command = ["tini", "--"], ["gunicorn"]
        of = lambda definition: TaskEnvironment(self.image, "127.0.10.2", self.folder, container_limits.limits({**CONTAINER, **definition}))
        self.assertEqual(of({}).command(["true"])[-3:], ["tini", "--", "true"])
        drain = of({"entryPoint": ["true", "-c"]})
        self.assertEqual(drain.command(["pass"])[-3:], ["true", "-c", "pass"])
        self.assertEqual(drain.command(None)[-2:], ["true", "-c"])
        self.assertNotIn("tini", drain.command(["pass"]))

    def test_without_namespaces_the_task_has_a_folder_of_its_own(self):
        with mock.patch.dict(os.environ):
            del os.environ["PROCESS_SANDBOX"]
            fitted = TaskEnvironment(self.image, "127.0.10.2", self.folder, container_limits.limits(CONTAINER))
        self.assertEqual(fitted.variables({})["TMPDIR"], str(self.folder))
        self.assertNotIn(str(SANDBOX), fitted.command(None))

    def test_paths_of_the_container_are_those_of_the_image(self):
        limits = TaskEnvironment(self.image, "127.0.10.2", self.folder, container_limits.limits(CONTAINER)).limits()
        self.assertEqual(limits["tmpfs"], {"/dev/shm": "size=64m", "/tmp": "size=1m", f"{self.image.root}/app/uploads": "size=2m"})
        self.assertEqual((limits["uid"], limits["gid"], limits["writable"]), (10001, 10001, []))


@unittest.skipIf(REFUSAL.returncode, f"this machine has no namespaces for users: {REFUSAL.stdout.strip()}")
class ContainerTest(Limited):
    def run_code(self, code, **options):
        containers = Containers(SimpleNamespace(find=lambda _name: self.image))
        container = containers.run("app", command=["python", "-c", code], environment={}, labels={}, name="app", **options)
        code = container.wait()["StatusCode"]
        container._follower.join(10)
        return code, container.logs().decode()

    def limited(self, code):
        return self.run_code(code, **container_limits.limits(CONTAINER))

    def test_an_app_that_writes_elsewhere_fails_as_on_fargate(self):
        code, output = self.limited("open('celerybeat-schedule', 'w')")
        self.assertEqual(code, 1)
        self.assertIn("OSError: [Errno 30] Read-only file system: 'celerybeat-schedule'", output)
        # in a clone below /tmp, the folder of the test is in the container's own /tmp
        elsewhere = [] if str(self.folder).startswith("/tmp/") else [str(self.folder / "x")]
        for path in ("/etc/x", "/var/tmp/x", "/x", *elsewhere):
            self.assertIn("[Errno 30]", self.limited(f"open({path!r}, 'w')")[1], path)

    def test_its_writable_paths_are_as_large_as_the_definition_says(self):
        self.assertEqual(self.limited("open('/tmp/x', 'wb').write(bytes(900_000)); open('uploads/x', 'wb').write(bytes(1_900_000))"), (0, ""))
        self.assertIn("[Errno 28] No space left on device", self.limited("open('/tmp/x', 'wb').write(bytes(2_000_000))")[1])

    def test_what_a_container_writes_is_its_own(self):
        self.assertEqual(self.limited("open('/tmp/mine', 'w'); open('uploads/mine', 'w')"), (0, ""))
        self.assertEqual(self.limited("import os; print('mine' in os.listdir('/tmp'), os.listdir('uploads'))")[1], "False []\n")

    def test_the_user_is_the_containers_and_has_no_rights_of_root(self):
        _code, output = self.limited("import os; print(os.getuid(), os.getgid()); print(*[l.split()[1] for l in open('/proc/self/status') if l.startswith('CapEff')])")
        self.assertEqual(output.split(), ["10001", "10001", "0000000000000000"])

    def test_a_container_that_is_not_read_only_writes_to_its_image(self):
        self.assertEqual(self.run_code("open('x', 'w')", user="10001")[0], 0)
        self.assertIn("[Errno 30]", self.run_code("open('/etc/x', 'w')", user="10001")[1])

    def test_an_image_below_tmp_is_there_all_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "app").mkdir()
            (Path(folder) / "app/hello.py").write_text("print('hello')", encoding="utf-8")
            self.image.root = folder
            code, output = self.limited("import hello; open('/tmp/x', 'w'); open('uploads/x', 'w')")
            self.assertEqual((code, output), (0, "hello\n"))

    def test_an_environment_below_tmp_is_there_with_the_links_to_its_python(self):
        with tempfile.TemporaryDirectory() as folder:
            venv, links = Path(folder) / "opt/venv", Path(folder) / "python"
            (venv / "bin").mkdir(parents=True)
            links.mkdir()
            (venv / "bin/python").symlink_to(links / "python3")
            (links / "python3").symlink_to(sys.executable)
            self.image.venv = str(venv)
            self.assertEqual(self.limited("print('hello')"), (0, "hello\n"))
