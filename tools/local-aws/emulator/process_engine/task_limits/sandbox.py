"""The limits of a container around a plain process, where Linux lets a user have namespaces: a program of its own, which becomes the task's.

    python -I sandbox.py '{"uid": 10001, …}' program argument…

The root is read-only, /tmp and the writable paths are file systems in memory of the size that the task definition says, the user is the
container's, and there are no rights of root. It takes no more than Linux 5.12 and unprivileged user namespaces; `python -I sandbox.py` alone
says whether they are there. The network and the processes of the machine are the same as outside.
"""
import ctypes
import json
import os
import sys
from pathlib import Path

_NEW_USER, _NEW_MOUNTS = 0x10000000, 0x00020000
_NOSUID, _NODEV, _BIND, _RECURSIVE, _PRIVATE = 2, 4, 4096, 16384, 1 << 18
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _READ_ONLY = 442, -100, 0x8000, 1
_PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


class _MountAttributes(ctypes.Structure):
    _fields_ = [("set", ctypes.c_uint64), ("clear", ctypes.c_uint64), ("propagation", ctypes.c_uint64), ("userns", ctypes.c_uint64)]


def main(limits, words):
    enter(limits)
    os.execvp(words[0], words)


def enter(limits):
    """Put this process behind the limits: {"uid", "gid", "tmpfs": {path: options}, "writable": [path], "keep": [path]}."""
    folder = os.getcwd()
    _own_namespaces(limits["uid"], limits["gid"])
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)
    tmpfs = {path: options for path, options in sorted(limits["tmpfs"].items())}
    # What a file system in memory would hide is held open, and mounted again in it: a clone of this project may be below /tmp.
    hidden = [path for path in limits["keep"] if any(_is_below(path, mount) for mount in tmpfs)]
    held = {path: os.open(path, os.O_PATH) for path in hidden}
    for path in tmpfs:
        Path(path).mkdir(parents=True, exist_ok=True)
    _read_only_root()
    within = [path for path in tmpfs if any(_is_below(path, kept) for kept in hidden)]
    for path in [path for path in tmpfs if path not in within]:
        _mount("tmpfs", path, "tmpfs", _NOSUID | _NODEV, tmpfs[path])
    for path, descriptor in held.items():
        Path(path).mkdir(parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", path, None, _BIND | _RECURSIVE)
        os.close(descriptor)
    for path in within:
        _mount("tmpfs", path, "tmpfs", _NOSUID | _NODEV, tmpfs[path])
    for path in limits["writable"]:
        _writable(path)
    # The same folder, but in the file systems that now stand over the old ones.
    os.chdir(folder)
    # So that no program gets rights by its owner; those of the namespace go with the next program.
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


def _own_namespaces(uid, gid):
    outside = os.getuid(), os.getgid()
    _check(_libc.unshare(_NEW_USER | _NEW_MOUNTS), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {outside[0]} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {outside[1]} 1", encoding="ascii")


def _read_only_root():
    attributes = _MountAttributes(set=_READ_ONLY)
    _check(_libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, b"/", _AT_RECURSIVE, ctypes.byref(attributes), ctypes.sizeof(attributes)), "mount_setattr")


def _writable(path):
    attributes = _MountAttributes(clear=_READ_ONLY)
    _mount(path, path, None, _BIND)
    _check(_libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, path.encode(), 0, ctypes.byref(attributes), ctypes.sizeof(attributes)), "mount_setattr")


def _mount(source, target, kind, flags, options=None):
    words = [text.encode() if text is not None else None for text in (source, target, kind)]
    _check(_libc.mount(*words, ctypes.c_ulong(flags), options.encode() if options else None), f"mount {target}")


def _check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _is_below(path, folder):
    return Path(path).is_relative_to(folder)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(json.loads(sys.argv[1]), sys.argv[2:])
    os.chdir("/")
    try:
        enter({"uid": 10001, "gid": 10001, "tmpfs": {"/tmp": "size=1m"}, "writable": [], "keep": []})
    except (OSError, AttributeError) as error:
        print(error)
        raise SystemExit(1) from None
