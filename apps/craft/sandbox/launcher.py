"""The fallback: builds the box with the kernel's own calls where there is no bubblewrap.

It is run as `python -c <this text> CONFIG` by the Python of the box (3.10 or later) as the unprivileged user, never
imported. Three processes: the outermost waits; the first of the new process namespace builds the room, waits and, by
ending, takes everything in it along; the second loses every right and becomes the submission.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
from typing import Any

NEW_MOUNTS, NEW_CGROUPS, NEW_HOSTNAME, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USERS, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
NO_SETUID, NO_DEVICES, BIND, RECURSIVE, PRIVATE, DETACH = 2, 4, 4096, 16384, 1 << 18, 2
ATTRIBUTE_READ_ONLY, ATTRIBUTE_NO_SETUID, ATTRIBUTE_NO_DEVICES = 1, 2, 4
DEATH_SIGNAL, DUMPABLE, SECCOMP, DROP_BOUND, NO_NEW_PRIVILEGES = 1, 4, 22, 24, 38
MOUNT_SETATTR, LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 442, 444, 445, 446
AT_CURRENT, AT_EMPTY_PATH, AT_RECURSIVE = -100, 0x1000, 0x8000
INTERFACE_FLAGS, INTERFACE_UP = 0x8914, 1

LANDLOCK_READ = 0b1101  # execute, read a file, read a folder
LANDLOCK_FILE = 0b1100_0000_0000_0111  # what can be granted on a file: execute, write, read, truncate, device calls
LANDLOCK_DEVICES = 1 << 6 | 1 << 11  # make character and block devices
LANDLOCK_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
LANDLOCK_NEWEST = (1 << 16) - 1
LANDLOCK_SCOPED = 0b11  # from version 6: no abstract sockets and no signals to the outside

libc = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    done = libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode())
    checked(done, f"mount {target}")


def read_only(target: str, *, recursive: bool = True) -> None:
    attributes = struct.pack("QQQQ", ATTRIBUTE_READ_ONLY | ATTRIBUTE_NO_SETUID | ATTRIBUTE_NO_DEVICES, 0, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    done = libc.syscall(MOUNT_SETATTR, AT_CURRENT, target.encode(), flags, attributes, len(attributes))
    checked(done, f"make {target} read-only")


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def leave_the_machine() -> None:
    """New namespaces of every kind; the user keeps its number."""
    user, group = os.getuid(), os.getgid()
    kinds = NEW_USERS | NEW_MOUNTS | NEW_PROCESSES | NEW_NETWORK | NEW_IPC | NEW_HOSTNAME | NEW_CGROUPS
    checked(libc.unshare(kinds), "new namespaces")
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{user} {user} 1")
    write("/proc/self/gid_map", f"{group} {group} 1")


def build_the_room(config: dict[str, Any]) -> None:
    """A new root of a few read-only folders and one small writable /tmp."""
    root = config["root"]
    mount("none", "/", "", RECURSIVE | PRIVATE)
    mount("tmpfs", root, "tmpfs", NO_SETUID | NO_DEVICES, "size=65536,nr_inodes=64,mode=0755")
    for name in ("dev", "run", "tmp"):
        os.mkdir(f"{root}/{name}")
    for source, target in config["folders"]:
        os.makedirs(root + target)
        mount(source, root + target, "", BIND | RECURSIVE)
        read_only(root + target)
    for target, link in config["links"]:
        os.symlink(target, root + link)
    for source, target in config["files"]:
        os.close(os.open(root + target, os.O_CREAT | os.O_WRONLY))
        mount(source, root + target, "", BIND)
    mount(
        "tmpfs",
        f"{root}/tmp",  # noqa: S108  # the box's own
        "tmpfs",
        NO_SETUID | NO_DEVICES,
        f"size={config['temporary_bytes']},nr_inodes={config['temporary_files']},mode=0700",
    )
    read_only(root, recursive=False)
    os.chdir(root)
    checked(libc.syscall(config["pivot_root"], b".", b"."), "pivot_root")
    checked(libc.umount2(b".", DETACH), "leave the old root")
    os.chdir("/tmp")  # noqa: S108  # the box's own
    checked(libc.sethostname(b"box", 3), "sethostname")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, INTERFACE_FLAGS, struct.pack("16sH22x", b"lo", INTERFACE_UP))


def lock_the_files(config: dict[str, Any]) -> None:
    """Landlock: the second wall around the files, should one of the mounts be wrong."""
    version = checked(libc.syscall(LANDLOCK_CREATE, None, 0, 1), "Landlock")
    rights = LANDLOCK_RIGHTS.get(version, LANDLOCK_NEWEST)
    ruleset = struct.pack("QQQ", rights, 0, LANDLOCK_SCOPED) if version >= 6 else struct.pack("Q", rights)
    rules = checked(libc.syscall(LANDLOCK_CREATE, ruleset, len(ruleset), 0), "Landlock rules")
    readable = [(target, LANDLOCK_READ) for _, target in config["folders"]]
    devices = [(target, rights & LANDLOCK_FILE) for _, target in config["files"] if target.startswith("/dev/")]
    for path, granted in [*readable, *devices, ("/tmp", rights & ~LANDLOCK_DEVICES)]:  # noqa: S108  # the box's own
        handle = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", granted, handle)
        checked(libc.syscall(LANDLOCK_ADD, rules, 1, rule, 0), f"Landlock rule for {path}")
        os.close(handle)
    checked(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no new privileges")
    checked(libc.syscall(LANDLOCK_RESTRICT, rules, 0), "Landlock")
    os.close(rules)


def lose_every_right(config: dict[str, Any]) -> None:
    for capability in range(64):
        libc.prctl(DROP_BOUND, capability, 0, 0, 0)  # numbers the kernel does not know fail, and that is right
    nothing = struct.pack("6I", 0, 0, 0, 0, 0, 0)
    checked(libc.syscall(config["capset"], struct.pack("Ii", 0x20080522, 0), nothing), "drop capabilities")
    instructions = bytes.fromhex(config["filter"])
    text = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("HxxxxxxP", len(instructions) // 8, ctypes.addressof(text))
    checked(libc.prctl(SECCOMP, 2, program, 0, 0), "seccomp")


def become_the_submission(config: dict[str, Any]) -> None:
    os.setsid()
    lock_the_files(config)
    lose_every_right(config)
    os.execve(config["command"][0], config["command"], config["environment"])  # noqa: S606  # a fixed list, no shell


def first_of_the_box(config: dict[str, Any]) -> int:
    checked(libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0), "die with the parent")
    checked(libc.prctl(DUMPABLE, 0, 0, 0, 0), "not to be looked into")
    # From inside, the first process hears only the signals it has a handler for; Python has one for this.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    build_the_room(config)
    submission = os.fork()
    if submission == 0:
        become_the_submission(config)
    # Only the submission writes to these from now on, and its start is its own to report.
    os.closerange(3, 1024)
    while True:
        ended, status = os.wait()
        if ended == submission:
            return as_code(status)


def as_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def main() -> None:
    with open(int(sys.argv[1]), "rb") as file:
        config = json.load(file)
    leave_the_machine()
    checked(libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0), "die with the parent")
    if os.getppid() != config["parent"]:
        return  # it has died already, too early to be noticed
    first = os.fork()
    if first == 0:
        code = 125
        try:
            code = first_of_the_box(config)
        except OSError as problem:
            os.write(2, f"{problem}\n".encode())
        finally:
            os._exit(code)
    os.write(config["info_fd"], json.dumps({"child-pid": first}).encode())
    os.closerange(3, 1024)
    os._exit(as_code(os.waitpid(first, 0)[1]))


if __name__ == "__main__":
    main()
