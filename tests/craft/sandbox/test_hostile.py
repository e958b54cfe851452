"""What a hostile submission may try. Each ends in a clean verdict, and the next submission runs."""

import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps.craft.sandbox import Verdict, levels, seccomp
from tests.craft.sandbox.conftest import Room, eventually

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def next_submission_runs(room: Room) -> Iterator[None]:
    yield
    room.runs_the_next()


FIND_WORD = """
import json, os, sys
found = []
word = sys.stdin.read().encode()
for top, folders, files in os.walk("/"):
    if top.startswith("/usr"):
        folders.clear()
        continue
    for name in files:
        path = os.path.join(top, name)
        try:
            with open(path, "rb") as file:
                if word in file.read(1 << 16):
                    found.append(path)
        except OSError:
            pass
print(json.dumps(found))
"""


def test_gold_outside_is_not_found_by_a_search_of_everything(room: Room, open_folder: Path) -> None:
    word = secrets.token_hex(16)
    for name in (".gold.json", "gold/answers.json"):
        (open_folder / name).parent.mkdir(exist_ok=True)
        (open_folder / name).write_text(word)
    assert room.told(FIND_WORD, given=word.encode()) == []


def test_home_project_and_a_known_path_cannot_be_opened(room: Room, open_folder: Path) -> None:
    (open_folder / "gold.json").write_text("gold")
    paths = [open_folder / "gold.json", open_folder, Path.home(), PROJECT, PROJECT / "manage.py", Path("/etc/shadow")]
    paths += [Path("/etc/passwd"), Path("/proc/self/environ"), Path("/proc/1/cwd"), Path("/sys"), Path("/var")]
    code = """
    import json, os, sys
    opened = []
    for path in json.load(sys.stdin):
        try:
            os.close(os.open(path, os.O_RDONLY))
            opened.append(path)
        except OSError:
            pass
    print(json.dumps(opened))
    """
    assert room.told(textwrap.dedent(code), given=json.dumps(list(map(str, paths))).encode()) == []


def test_link_in_the_submission_leads_nowhere_outside(room: Room, open_folder: Path) -> None:
    (open_folder / "gold.json").write_text("gold")
    folder = room.submission({"app/main.py": "print(open('/sub/gold').read() + open('/sub/all/gold.json').read())"})
    (folder / "gold").symlink_to(open_folder / "gold.json")
    (folder / "all").symlink_to(open_folder)
    outcome = room.run_folder(folder)
    assert outcome.verdict is Verdict.CRASH
    assert "FileNotFoundError" in outcome.errors
    assert b"gold" not in outcome.output


def test_result_of_the_grader_cannot_be_forged(room: Room, open_folder: Path) -> None:
    result = open_folder / "result.json"
    result.write_text("as it was")
    result.chmod(0o666)
    code = f"""
    import os
    for path in ("{result}", "{open_folder}/new.json", "/sub/app/main.py", "/sub/new.py", "/usr/new", "/new",
                 "/dev/shm/new", "/dev/new", "/run/new", "/proc/{os.getpid()}/mem", "/proc/{os.getpid()}/fd/1"):
        try:
            with open(path, "w") as file:
                file.write("forged")
            print("wrote", path)
        except OSError:
            pass
    for place in ("/sub/app/main.py", "/sub"):
        try:
            os.chmod(place, 0o777)
            print("changed", place)
        except OSError:
            pass
    """
    outcome = room.run(textwrap.dedent(code))
    assert (outcome.verdict, outcome.output) == (Verdict.DONE, b"")
    assert result.read_text() == "as it was"
    assert os.listdir(open_folder) == ["result.json"]


def test_processes_outside_cannot_be_signalled(room: Room) -> None:
    """Neither ours nor one of the very user that the box runs as."""
    sleeper = levels.bystander(None, "import os, sys, time; os.close(int(sys.argv[1])); time.sleep(300)")
    try:
        code = f"""
        import os, signal
        # Its own numbers may come to be the same inside; those are not meant.
        for number in ({sleeper.pid}, {os.getpid()}, {os.getppid()}):
            for target in (number, -number):
                try:
                    if target not in (os.getpid(), os.getppid(), 1): os.kill(target, signal.SIGKILL)
                except OSError:
                    pass
        try:
            os.kill(-1, signal.SIGKILL)
        except OSError:
            pass
        """
        assert room.run(textwrap.dedent(code)).verdict in (Verdict.DONE, Verdict.CRASH)
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_first_process_of_the_box_cannot_be_ended_from_inside(room: Room) -> None:
    code = """
    import os, signal, time
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGSTOP):
        try:
            os.kill(1, number)
        except PermissionError:
            pass
    time.sleep(0.3)
    print("still here")
    """
    outcome = room.run(textwrap.dedent(code))
    assert (outcome.verdict, outcome.output) == (Verdict.DONE, b"still here\n")


def test_fork_bomb_that_never_gives_up_ends_in_time(room: Room, alive: Callable[[str], bool]) -> None:
    word = secrets.token_hex(8)
    code = f"""
    import os, sys
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", "import time; time.sleep(300)", "{word}"])
    while True:
        try:
            os.fork()
        except OSError:
            pass
    """
    outcome = room.run(textwrap.dedent(code), seconds=1.5)
    assert outcome.verdict is Verdict.TIME
    assert outcome.seconds < 15
    assert not alive(word)


def test_processes_are_counted_for_the_box(room: Room) -> None:
    code = """
    import os, time
    count = 0
    try:
        while count < 500:
            if os.fork() == 0: time.sleep(60)
            count += 1
    except BlockingIOError:
        print(count)
    os._exit(0) if count < 500 else None
    """
    assert 1 <= int(room.run(textwrap.dedent(code).replace("os._exit", "import sys; sys.stdout.flush(); os._exit"),
                             processes=20).output) < 20  # fmt: skip


def test_allocation_of_4_gb_ends_in_memory(room: Room) -> None:
    outcome = room.run("held = bytearray(4 << 30)\nprint(len(held))")
    assert (outcome.verdict, outcome.output) == (Verdict.MEMORY, b"")
    assert outcome.reason == "A process asked for more than 1,073,741,824 bytes."


def test_allocation_by_many_processes_ends_in_memory(room: Room) -> None:
    code = """
    import os, time
    for _ in range(20):
        if os.fork() == 0:
            held = bytearray(b"x") * (60 << 20)
            time.sleep(60)
    time.sleep(60)
    """
    outcome = room.run(textwrap.dedent(code), memory_bytes=300 << 20)
    assert outcome.verdict is Verdict.MEMORY
    assert outcome.code is None


def test_memory_that_no_limit_counts_is_not_to_be_had(room: Room) -> None:
    """An anonymous file takes memory that is no process's; shared memory stays when no process has its pages."""
    code = """
    import json, mmap, os
    tries = {
        "anonymous file": lambda: os.memfd_create("hidden"),
        "shared": lambda: mmap.mmap(-1, 1 << 20),
        "zeros": lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 1 << 20),
        "folder": lambda: open("/dev/shm/hidden", "w"),
    }
    had = []
    for name, tried in tries.items():
        try:
            had.append((name, tried()) and name)
        except OSError:
            pass
    print(json.dumps(had))
    """
    assert room.told(textwrap.dedent(code)) == []


def test_full_disk_is_only_its_own(room: Room) -> None:
    before = {name for name in os.listdir("/tmp") if name.startswith("hiringloop-room-")}  # noqa: S108  # it is looked at
    code = """
    written = 0
    try:
        for number in range(10_000):
            with open(f"/tmp/{number}", "wb") as file:
                written += file.write(bytes(1 << 20))
    except OSError as problem:
        print(written >> 20, problem.errno)
    """
    outcome = room.run(textwrap.dedent(code), temporary_bytes=8 << 20)
    written, number = map(int, outcome.output.split())
    assert written <= 8
    assert number == 28  # no space left on device
    after = {name for name in os.listdir("/tmp") if name.startswith("hiringloop-room-")}  # noqa: S108  # it is looked at
    assert after <= before


def test_one_large_file_is_refused(room: Room) -> None:
    outcome = room.run("open('/tmp/large', 'wb').write(bytes(5 << 20))", temporary_bytes=64 << 20)
    assert outcome.verdict is Verdict.CRASH
    assert "File too large" in outcome.errors


def test_files_without_number_are_stopped(room: Room) -> None:
    code = """
    import time
    for number in range(200_000):
        open(f"/tmp/{number}", "w").close()
    """
    outcome = room.run(textwrap.dedent(code))
    assert outcome.verdict in (Verdict.OUTPUT, Verdict.CRASH)  # stopped from outside, or out of space


def test_network_is_out_of_reach(room: Room, open_folder: Path) -> None:
    tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hidden, file = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    name = f"hiringloop-{secrets.token_hex(8)}"
    with tcp, udp, hidden, file:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        hidden.bind("\0" + name)
        file.bind(str(open_folder / "open.sock"))
        (open_folder / "open.sock").chmod(0o777)
        for listener in (tcp, hidden, file):
            listener.listen()
        code = f"""
        import json, socket
        reached = []
        def reach(name, family, kind, address):
            try:
                with socket.socket(family, kind) as one:
                    one.settimeout(1)
                    one.connect(address)
                    one.send(b"out")
                    reached.append(name)
            except OSError:
                pass
        reach("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", {tcp.getsockname()[1]}))
        reach("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::ffff:127.0.0.1", {tcp.getsockname()[1]}))
        reach("beyond", socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80))
        reach("names", socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53))
        reach("abstract", socket.AF_UNIX, socket.SOCK_STREAM, "\\0{name}")
        reach("file", socket.AF_UNIX, socket.SOCK_STREAM, "{open_folder}/open.sock")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"out", ("127.0.0.1", {udp.getsockname()[1]}))
        print(json.dumps(reached))
        """
        assert room.told(textwrap.dedent(code)) == []
        assert select.select([tcp, udp, hidden, file], [], [], 0.2)[0] == []


def test_socket_families_beyond_the_namespace_are_refused(room: Room) -> None:
    """Netlink, packet, kernel crypto, and vsock, which knows no network namespace."""
    code = """
    import json, socket
    errors = []
    for family in (16, 17, 38, 40):
        try:
            socket.socket(family, socket.SOCK_DGRAM)
        except OSError as problem:
            errors.append(problem.errno)
    print(json.dumps(errors))
    """
    assert room.told(textwrap.dedent(code)) == [97] * 4  # address family not supported


ESCAPES = {
    "unshare": (0x10000000,),
    "setns": (0, 0x40000000),
    "mount": (0, 0, 0, 0, 0),
    "umount2": (0, 2),
    "pivot_root": (0, 0),
    "chroot": (0,),
    "fsopen": (0, 0),
    "open_tree": (-100, 0, 1),
    "move_mount": (-100, 0, -100, 0, 0),
    "ptrace": (0, 0, 0, 0),
    "process_vm_readv": (1, 0, 0, 0, 0, 0),
    "keyctl": (0, -3, 0),
    "add_key": (0, 0, 0, 0, -3),
    "io_uring_setup": (1, 0),
    "bpf": (0, 0, 0),
    "perf_event_open": (0, 0, -1, -1, 0),
    "userfaultfd": (0,),
    "open_by_handle_at": (0, 0, 0),
    "kexec_load": (0, 0, 0, 0),
    "init_module": (0, 0, 0),
    "personality": (0x0040000,),
    "sethostname": (0, 0),
}


def test_calls_that_lead_out_are_refused(room: Room) -> None:
    machine = os.uname().machine
    column = 0 if machine == seccomp.X86_64 else 1
    calls = {name: (seccomp.number(name, machine), *arguments) for name, arguments in ESCAPES.items()}
    calls["clone of a user namespace"] = (seccomp.CLONE[column], 0x10000000 | 17, 0, 0, 0, 0)
    calls["clone of a network"] = (seccomp.CLONE[column], 0x40000000 | 17, 0, 0, 0, 0)
    calls["clone3"] = (seccomp.CLONE3[column], 0, 0)
    code = """
    import ctypes, json, os, sys
    libc = ctypes.CDLL(None, use_errno=True)
    got = {}
    for name, (number, *arguments) in json.load(sys.stdin).items():
        result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
        if result == 0 and name.startswith("clone"): os._exit(9)
        got[name] = ctypes.get_errno() if result < 0 else "allowed"
    print(json.dumps(got))
    """
    got = room.told(textwrap.dedent(code), given=json.dumps(calls).encode())
    assert got == {name: 38 if name == "clone3" else 1 for name in calls}


def test_programs_of_the_system_do_not_help(room: Room) -> None:
    code = """
    import json, shutil, subprocess
    worked = []
    for command in (["unshare", "-Ur", "true"], ["unshare", "-m", "true"], ["mount", "-t", "tmpfs", "x", "/tmp"],
                    ["mount", "-o", "remount,rw", "/sub"], ["su", "-c", "true"], ["bwrap", "--bind", "/", "/", "true"],
                    ["nsenter", "-t", "1", "-m", "true"], ["chroot", "/", "true"]):
        if shutil.which(command[0]) and subprocess.run(command, capture_output=True).returncode == 0:
            worked.append(command)
    print(json.dumps(worked))
    """
    assert room.told(textwrap.dedent(code)) == []


def test_box_has_no_capability_and_gains_none(room: Room) -> None:
    code = """
    import ctypes, json, struct
    libc = ctypes.CDLL(None, use_errno=True)
    data = ctypes.create_string_buffer(24)
    libc.capget(struct.pack("Ii", 0x20080522, 0), data)
    no_new, filtered = libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0)
    print(json.dumps({"held": list(data.raw), "no_new": no_new, "filter": filtered}))
    """
    assert room.told(textwrap.dedent(code)) == {"held": [0] * 24, "no_new": 1, "filter": 2}


def test_hang_ends_in_time(room: Room) -> None:
    outcome = room.run("while True: pass", seconds=0.7)
    assert (outcome.verdict, outcome.code) == (Verdict.TIME, None)
    assert outcome.reason == "It took longer than 0.7 s."
    assert 0.7 <= outcome.seconds < 10


def test_sleep_ends_in_time_and_what_was_said_is_kept(room: Room) -> None:
    code = "import sys, time\nprint('one', flush=True)\nprint('two', file=sys.stderr, flush=True)\ntime.sleep(99)"
    outcome = room.run(code, seconds=0.7)
    assert outcome.verdict is Verdict.TIME
    assert (outcome.output, outcome.errors) == (b"one\n", "two\n")


def test_processor_time_is_limited_for_itself(room: Room) -> None:
    outcome = room.run("while True: pass", cpu_seconds=1)
    assert outcome.verdict is Verdict.TIME
    assert outcome.reason == "It used more than 1 s of processor time."


def test_deaf_hang_ends_in_time(room: Room) -> None:
    code = """
    import signal
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True: pass
    """
    assert room.run(textwrap.dedent(code), seconds=0.7).verdict is Verdict.TIME


DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3): os.close(number)
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", "import time; time.sleep(300)", "WORD"])
    os._exit(0)
time.sleep(0.2)
print("ready", flush=True)
"""


def test_daemon_is_dead_when_the_run_returns(room: Room, alive: Callable[[str], bool]) -> None:
    word = secrets.token_hex(8)
    outcome = room.run(DAEMON.replace("WORD", word))
    assert (outcome.verdict, outcome.output) == (Verdict.DONE, b"ready\n")
    assert outcome.seconds < 15
    assert not alive(word)


def test_daemon_of_a_hang_is_dead_when_the_run_returns(room: Room, alive: Callable[[str], bool]) -> None:
    word = secrets.token_hex(8)
    outcome = room.run(DAEMON.replace("WORD", word) + "while True: pass\n", seconds=1)
    assert outcome.verdict is Verdict.TIME
    assert not alive(word)


def test_box_dies_with_a_grader_that_is_killed(room: Room, open_folder: Path, alive: Callable[[str], bool]) -> None:
    word = secrets.token_hex(8)
    folder = room.submission({"app/main.py": DAEMON.replace("WORD", word) + "while True: pass\n"})
    code = f"""
    import pathlib
    from apps.craft.sandbox import Level, run
    run(pathlib.Path("{folder}"), entry="app/main.py", given=b"", socket=None, level=Level("{room.level}"))
    """
    # Killed like this it cannot clear up, so its copy of the submission is put where the test does.
    environment = os.environ | {"TMPDIR": str(open_folder)}
    grader = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], cwd=PROJECT, env=environment)
    try:
        assert eventually(lambda: alive(word), 60)
    finally:
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert eventually(lambda: not alive(word))


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_gigabyte_of_output_ends_in_output(room: Room, stream: str) -> None:
    code = f"import sys\nfor _ in range(1024): sys.{stream}.buffer.write(b'x' * (1 << 20))"
    begin = time.monotonic()
    outcome = room.run(code)
    assert (outcome.verdict, outcome.code) == (Verdict.OUTPUT, None)
    assert len(outcome.output) == (8 << 20 if stream == "stdout" else 0)
    assert len(outcome.errors) <= 64 << 10
    assert time.monotonic() - begin < 20


def test_output_that_is_not_utf8_comes_as_it_is(room: Room) -> None:
    code = "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe\\x00ok\\n')\nsys.stderr.buffer.write(b'\\xff bad \\x80')"
    outcome = room.run(code)
    assert (outcome.verdict, outcome.output) == (Verdict.DONE, b"\xff\xfe\x00ok\n")
    assert outcome.errors == "� bad �"


def test_submission_that_is_not_utf8_crashes_cleanly(room: Room) -> None:
    folder = room.submission({"app/main.py": ""})
    (folder / "app/main.py").write_bytes(b"\xff\xfe print(1)\n")
    outcome = room.run_folder(folder)
    assert (outcome.verdict, outcome.code) == (Verdict.CRASH, 1)
    assert "SyntaxError" in outcome.errors


def test_crash_by_a_signal_is_named(room: Room) -> None:
    outcome = room.run("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    assert (outcome.verdict, outcome.code) == (Verdict.CRASH, 128 + signal.SIGSEGV)
    assert outcome.reason == "It was ended by signal 11."
