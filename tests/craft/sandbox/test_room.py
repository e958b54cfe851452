"""What an ordinary submission finds in the room, and what the grader gets back."""

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from apps.craft import sandbox
from apps.craft.sandbox import Level, Limits, Outcome, Verdict
from tests.craft.sandbox.conftest import Model, Room


def test_submission_reads_stdin_and_answers_on_stdout(room: Room) -> None:
    code = "import sys\nfor line in sys.stdin: print(line.strip()[::-1])\nprint('note', file=sys.stderr)"
    outcome = room.run(code, given="äb\nc\n".encode())
    assert (outcome.verdict, outcome.level, outcome.code) == (Verdict.DONE, room.level, 0)
    assert (outcome.output.decode(), outcome.errors, outcome.reason) == ("bä\nc\n", "note\n", "")
    assert 0 < outcome.seconds < 30


def test_parts_of_the_submission_import_one_another(room: Room) -> None:
    folder = room.submission(
        {
            "app/main.py": "import helper, data_of\nfrom app import parts\nprint(helper.A, parts.B, data_of.WORD)",
            "app/helper.py": "A = 1",
            "app/parts.py": "B = 2",
            "data_of/__init__.py": "WORD = open('/sub/data_of/word.txt').read()",
            "data_of/word.txt": "three",
        }
    )
    assert room.run_folder(folder).output == b"1 2 three\n"


def test_submission_is_the_main_module(room: Room) -> None:
    code = """
import __main__, json, pickle, sys
from dataclasses import dataclass

@dataclass
class Thing:
    size: int

print(json.dumps([__name__, __file__, sys.argv, __main__.Thing is Thing, pickle.loads(pickle.dumps(Thing(3))).size]))
"""
    assert room.told(code) == ["__main__", "/sub/app/main.py", ["/sub/app/main.py"], True, 3]


def test_names_of_the_standard_library_in_a_submission_change_only_itself(room: Room) -> None:
    files = dict.fromkeys(
        ("os.py", "json.py", "resource.py", "app/types.py", "sitecustomize.py"), "raise SystemExit(7)"
    )
    outcome = room.run_folder(room.submission(files | {"app/main.py": "print('ran')"}))
    assert (outcome.verdict, outcome.output) == (Verdict.DONE, b"ran\n")


def test_nothing_of_the_environment_leaks(room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setenv("PYTHONPATH", "/tmp")  # noqa: S108  # it is to be ignored
    with (tmp_path / "gold").open("w") as gold:
        os.set_inheritable(gold.fileno(), True)
        code = """
import json, os, sys
open_ones = []
for number in range(1024):
    try:
        os.fstat(number)
        open_ones.append(number)
    except OSError:
        pass
path = [path for path in sys.path if not path.startswith("/usr/")]
lists = [os.getcwd(), os.listdir("/tmp"), os.listdir("/sub"), path]
print(json.dumps([dict(os.environ), open_ones, *lists]))
"""
        environment, descriptors, place, temporary, submission, path = room.told(code)
    assert environment == {"PATH": "/usr/bin", "HOME": "/tmp", "LANG": "C.UTF-8"}  # noqa: S108  # the box's own
    assert descriptors == [0, 1, 2]
    assert (place, temporary, submission, path) == ("/tmp", [], ["app"], ["/sub", "/sub/app"])  # noqa: S108  # the box's own


def test_environment_that_is_given_arrives(room: Room) -> None:
    folder = room.submission({"app/main.py": "import os; print(os.environ['CRAFT_SEED'], os.environ['HOME'])"})
    outcome = sandbox.run(
        folder, entry="app/main.py", given=b"", socket=None, level=room.level, environment={"CRAFT_SEED": "a 1"}
    )
    assert outcome.output == b"a 1 /tmp\n"


def test_box_is_run_by_nobody_special(room: Room) -> None:
    user, group, groups = room.told("import json, os; print(json.dumps([os.getuid(), os.getgid(), os.getgroups()]))")
    expected = 61999 if os.geteuid() == 0 else os.geteuid()
    assert user == expected
    assert (group, set(groups) - {group, 65534}) == (61999 if os.geteuid() == 0 else os.getegid(), set())


def test_order_of_sets_is_the_same_in_every_run(room: Room) -> None:
    """So that the same submission gets the same result."""
    code = "import json; print(json.dumps(list(set('a fair comparison needs the same order'.split()))))"
    assert room.told(code) == room.told(code)


def test_stdin_that_is_never_read_does_not_block(room: Room) -> None:
    outcome = room.run("print('done')", given=b"x" * (20 << 20))
    assert (outcome.verdict, outcome.output) == (Verdict.DONE, b"done\n")


def test_large_stdin_and_output_flow_at_once(room: Room) -> None:
    given = os.urandom(5 << 20)
    outcome = room.run(
        "import sys\nwhile part := sys.stdin.buffer.read(9999): sys.stdout.buffer.write(part)", given=given
    )
    assert (outcome.verdict, outcome.output == given) == (Verdict.DONE, True)


def test_output_up_to_the_limit_is_kept(room: Room) -> None:
    assert room.run("print('x' * 999)", output_bytes=1000).verdict is Verdict.DONE
    outcome = room.run("print('x' * 1000)", output_bytes=1000)
    assert (outcome.verdict, len(outcome.output)) == (Verdict.OUTPUT, 1000)


def test_last_of_the_errors_is_kept(room: Room) -> None:
    outcome = room.run("import sys\nsys.stderr.write('a' * 200_000 + 'the end')")
    assert outcome.errors == "a" * (65536 - 7) + "the end"


@pytest.mark.parametrize(
    ("ending", "code"), [("sys.exit(3)", 3), ("sys.exit('no')", 1), ("1 / 0", 1), ("os._exit(86)", 86)]
)
def test_exit_code_other_than_0_is_a_crash(room: Room, ending: str, code: int) -> None:
    outcome = room.run(f"import os, sys\nprint('said', flush=True)\n{ending}")
    assert (outcome.verdict, outcome.code, outcome.output) == (Verdict.CRASH, code, b"said\n")
    assert outcome.reason == f"It ended with exit code {code}."


def test_exit_by_itself_with_0_is_done(room: Room) -> None:
    assert room.run("import sys\nprint('said')\nsys.exit()").verdict is Verdict.DONE


def test_entry_that_is_no_file_of_the_submission_is_a_crash(room: Room) -> None:
    folder = room.submission({"app/main.py": "print(1)"})
    for entry in ("", ".", "app", "missing.py", "../main.py", "/etc/passwd", "app/../app/main.py", "a\0b"):
        outcome = sandbox.run(folder, entry=entry, given=b"", socket=None, level=room.level)
        assert (outcome.verdict, outcome.code, outcome.output) == (Verdict.CRASH, None, b"")
        assert outcome.reason == f"The submission has no file “{entry}”."


def test_entry_that_is_a_link_is_no_file(room: Room) -> None:
    folder = room.submission({"app/real.py": "print(1)"})
    (folder / "app/main.py").symlink_to("/etc/passwd")
    assert room.run_folder(folder).verdict is Verdict.CRASH


def test_pipe_in_the_submission_is_left_out(room: Room) -> None:
    folder = room.submission({"app/main.py": "import os; print(os.listdir('/sub'))"})
    os.mkfifo(folder / "pipe")
    assert room.run_folder(folder).output == b"['app']\n"


def test_submission_in_a_private_folder_is_run(room: Room) -> None:
    """The application's folders are closed to the box's user, and stay so."""
    folder = room.submission({"app/main.py": "print('ran')"})
    (folder / "app/main.py").chmod(0o600)
    folder.chmod(0o700)
    assert room.run_folder(folder).output == b"ran\n"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


ASK = """
import json, socket, sys
def ask(text):
    with socket.socket(socket.AF_UNIX) as model, model.makefile("rwb") as lines:
        model.connect("/run/llm.sock")
        lines.write(text.encode() + b"\\n")
        lines.flush()
        return int(lines.readline())
"""


def test_model_answers_through_its_door(room: Room, model: Model) -> None:
    assert room.told(ASK + "print(json.dumps([ask('abc'), ask(''), ask('x' * 500_000)]))", model=model.path) == [
        3,
        0,
        500_000,
    ]
    assert model.calls == 3


def test_many_calls_at_once_are_answered(room: Room, model: Model) -> None:
    code = ASK + (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(20) as pool: print(json.dumps(sum(pool.map(ask, ['abcd'] * 200))))"
    )
    assert room.told(code, model=model.path) == 800
    assert model.calls == 200


def test_half_closed_connection_still_gets_its_answer(room: Room, model: Model) -> None:
    code = """
import json, socket
with socket.socket(socket.AF_UNIX) as model:
    model.connect("/run/llm.sock")
    model.sendall(b"last words")
    model.shutdown(socket.SHUT_WR)
    print(json.dumps(model.makefile().read()))
"""
    assert room.told(code, model=model.path) == "10\n"


def test_reader_that_does_not_read_holds_up_nothing(room: Room, model: Model) -> None:
    code = """
import socket, sys
model = socket.socket(socket.AF_UNIX)
model.connect("/run/llm.sock")
model.setblocking(False)
sent = 0
try:
    while sent < 50 << 20: sent += model.send(b"x\\n" * 30_000)
except BlockingIOError:
    pass
print("gone on")
"""
    assert room.run(code, model=model.path).output == b"gone on\n"


def test_model_that_is_down_looks_closed(room: Room, tmp_path: Path) -> None:
    code = """
import json, socket
with socket.socket(socket.AF_UNIX) as model:
    model.connect("/run/llm.sock")
    print(json.dumps(model.recv(10).decode()))
"""
    assert room.told(code, model=tmp_path / "nobody.sock") == ""


def test_without_a_model_there_is_no_door(room: Room) -> None:
    assert room.told("import json, os; print(json.dumps(os.path.exists('/run/llm.sock')))") is False


def test_two_runs_at_once_do_not_meet(room: Room) -> None:
    code = """
import json, os, sys, time
word = sys.stdin.read()
with open("/tmp/word", "w") as file: file.write(word)
time.sleep(0.5)
print(json.dumps([open("/tmp/word").read(), os.listdir("/tmp")]))
"""
    outcomes: dict[str, Outcome] = {}

    def one(word: str) -> None:
        outcomes[word] = room.run(code, given=word.encode())

    folder_threads = [threading.Thread(target=one, args=(word,)) for word in ("left", "right")]
    for thread in folder_threads:
        thread.start()
    for thread in folder_threads:
        thread.join()
    assert {word: json.loads(outcome.output) for word, outcome in outcomes.items()} == {
        "left": ["left", ["word"]],
        "right": ["right", ["word"]],
    }


def test_processes_of_a_submission_work_together(room: Room) -> None:
    """The standard library's ways: a pool of processes, a queue, memory shared through a file."""
    code = """
import json, mmap, tempfile
from multiprocessing import get_context

def square(number):
    return number * number

def fill(shared):
    shared[0] = 7

if __name__ == "__main__":
    context = get_context("fork")
    with tempfile.TemporaryFile() as file:
        file.write(bytes(4096))
        file.flush()
        with mmap.mmap(file.fileno(), 4096) as shared:
            process = context.Process(target=fill, args=(shared,))
            process.start()
            process.join()
            said = shared[0]
    ends = context.Pipe()
    process = context.Process(target=lambda: ends[1].send([square(number) for number in range(4)]))
    process.start()
    print(json.dumps([said, ends[0].recv()]))
    process.join()
"""
    assert room.told(code) == [7, [0, 1, 4, 9]]


def test_own_network_is_there_for_itself(room: Room) -> None:
    """So that a client that speaks TCP only can be given a relay inside the box."""
    code = """
import json, socket
with socket.socket() as server, socket.socket() as client:
    server.bind(("127.0.0.1", 0))
    server.listen()
    client.connect(server.getsockname())
    print(json.dumps("met"))
"""
    assert room.told(code) == "met"


def test_numbers_of_the_limits_are_those_that_were_set() -> None:
    assert Limits() == Limits(60, 60, 1 << 30, 1 << 20, 64, 128, 8 << 20, 16 << 20)


def test_level_none_refuses(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print(1)")
    outcome = sandbox.run(tmp_path, entry="main.py", given=b"", socket=None, level=Level.NONE)
    assert (outcome.verdict, outcome.level, outcome.output) == (Verdict.REFUSED, Level.NONE, b"")
    assert outcome.reason
