"""One "container": a process group of its own, its output and how it ended."""
import json
import os
import shutil
import signal
import subprocess
import threading
import uuid
from pathlib import Path

from .task_environment import TaskEnvironment


class Container:
    def __init__(self, name, image_name, image, options, address, on_end, on_remove):
        self.id = uuid.uuid4().hex * 2
        self.name, self.labels, self.image = name, options.get("labels") or {}, image_name
        self.address = address
        self._on_end, self._on_remove = on_end, on_remove
        self._output, self._changed, self._ended = [], threading.Condition(), False
        self._folder = Path(os.environ["PROCESS_TASKS"]) / self.id[:8]
        self._folder.mkdir(parents=True)
        fitted = TaskEnvironment(image, address, self._folder, options)
        self._process = subprocess.Popen(
            fitted.command(options.get("command")), cwd=fitted.folder, env=fitted.variables(options.get("environment") or {}),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,  # its own process group, to be ended as a whole
        )
        self._note()
        self._follower = threading.Thread(target=self._follow, daemon=True, name=f"task-{self.id[:8]}")
        self._follower.start()

    def _note(self):
        """For the demo, which kills a task by process id, and ends what is left if the emulator died."""
        task = self.labels.get("com.amazonaws.ecs.task-arn", "")
        note = {"pid": self._process.pid, "task": task, "container": self.labels.get("com.amazonaws.ecs.container-name", "")}
        self._note_file.write_text(json.dumps(note), encoding="utf-8")

    @property
    def _note_file(self):
        return self._folder.parent / f"{self.id[:8]}.json"

    def _follow(self):
        log_file = os.environ.get("PROCESS_TASK_LOG")
        log = open(log_file, "ab", buffering=0) if log_file else None
        for line in self._process.stdout:
            if log:
                log.write(f"{self.name}: ".encode() + line)
            with self._changed:
                self._output.append(line)
                self._changed.notify_all()
        if log:
            log.close()
        self._process.stdout.close()
        self._process.wait()
        self._end_group()
        self._note_file.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._on_end()

    @property
    def status(self):
        return "running" if self._process.poll() is None else "exited"

    @property
    def attrs(self):
        code = self._process.poll()
        return {
            "Id": self.id,
            "Name": f"/{self.name}",
            "Config": {"Labels": self.labels, "Image": self.image},
            "State": {"Status": self.status, "Running": code is None, "ExitCode": _exit_code(code)},
            "NetworkSettings": {"IPAddress": self.address, "Networks": {"task": {"IPAddress": self.address}}, "Ports": {}},
        }

    def reload(self):
        pass

    def wait(self, **_options):
        return {"StatusCode": _exit_code(self._process.wait())}

    def logs(self, stream=False, follow=False, tail=None, **_options):
        if stream:
            return self._lines()
        with self._changed:
            return b"".join(self._output[-tail:] if isinstance(tail, int) else self._output)

    def _lines(self):
        sent = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: sent < len(self._output) or self._ended)
                if sent >= len(self._output):
                    return
                line = self._output[sent]
            sent += 1
            yield line

    def stop(self, timeout=10, **_options):
        """SIGTERM to the container's first process alone, as an engine does; SIGKILL to all of them when time is up."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                pass
        self._end_group()

    def kill(self, **_options):
        self._end_group()

    def remove(self, **_options):
        self.stop(2)
        self._on_remove(self)

    def _end_group(self):
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # the whole group has ended


def _exit_code(code):
    """As a shell and an engine report it: 128 and the number of the signal."""
    if code is None:
        return 0
    return 128 - code if code < 0 else code
