"""The first of the two commands, as a newcomer runs it: the whole main job, on each database and broker it may have.

These start processes of their own, in a folder of their own; only loopback and Unix sockets are used.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from apps.packets.models import Packet

ROOT = Path(__file__).resolve().parent.parent
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not under pytest's own folder: that is closed to the user the embedded server runs as where tests run as root."""
    path = Path(tempfile.mkdtemp(prefix="hiringloop-demo-"))
    yield path
    shutil.rmtree(path)


def clean_environment(folder: Path, **more: str) -> dict[str, str]:
    names = ("DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {**kept, "VAR_DIR": str(folder), "PYTHONWARNINGS": "default", **more}


def run_demo(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--once"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def assert_main_job(done: subprocess.CompletedProcess[str], var: Path) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    assert "AI craft" in done.stdout
    for competency in ("Product engineering", "Distributed-systems literacy", "LLM craft", "Production AI ops"):
        line = next(line for line in done.stdout.splitlines() if line.strip().startswith(competency))
        assert "short" not in line
    assert "candidate minutes" in done.stdout
    packets = sorted((var / "packets").glob("*.pdf"))
    assert len(packets) == len(Packet.Kind)
    for path in packets:
        with pikepdf.open(path) as pdf:
            assert len(pdf.pages) > 1, path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing answered on port {port}")


def postgres_processes(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in command:
            found.append(command)
    return found


def test_demo_on_the_embedded_server_prints_a_loop_leaves_a_packet_of_each_kind_and_keeps_them(folder: Path) -> None:
    """The first time as a newcomer runs it, with the site until Ctrl+C; the second time it finds what is there."""
    port = free_port()
    environment = clean_environment(folder / "var")
    first = serve_until_ctrl_c({**environment, "PORT": str(port), "PYTHONUNBUFFERED": "1"}, port)
    assert_main_job(first, folder / "var")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert postgres_processes(folder) == [], "a process it started was left running"
    made = written_packets(folder / "var")

    again = run_demo(environment)
    assert_main_job(again, folder / "var")
    assert "there already, kept" in again.stdout
    assert written_packets(folder / "var") == made
    assert postgres_processes(folder) == [], "a process it started was left running"


def written_packets(var: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (var / "packets").glob("*.pdf")}


def serve_until_ctrl_c(environment: dict[str, str], port: int) -> subprocess.CompletedProcess[str]:
    """`make demo` to the line with the last sign-in, one answer of the site, Ctrl+C, and how it ended."""
    command = [sys.executable, "manage.py", "demo"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        seen = []
        try:
            for line in process.stdout:
                seen.append(line)
                if "eli@demo.example" in line:
                    break
            else:
                raise AssertionError("".join(seen))
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGINT)  # whatever happened, the processes it started end with it
        seen.append(process.stdout.read())
        code = process.wait(timeout=40)
    return subprocess.CompletedProcess(command, code, stdout="".join(seen), stderr="")


def program(name: str) -> str | None:
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(places[-1]) if places else shutil.which(name)


def skip_or_fail(what: str) -> None:
    if os.environ.get("REQUIRE_SERVERS"):
        pytest.fail(f"{what} is not installed, and REQUIRE_SERVERS asks for it")
    pytest.skip(f"{what} is not installed on this machine")


@pytest.fixture
def system_postgresql(folder: Path) -> Iterator[str]:
    initdb, server = program("initdb"), program("postgres")
    if initdb is None or server is None:
        skip_or_fail("PostgreSQL")
    assert initdb is not None
    assert server is not None
    data = folder / "system-postgresql"
    data.mkdir()
    as_user: dict[str, str] = {}
    if IS_ROOT:  # PostgreSQL refuses to run as root
        as_user = {"user": "postgres"}
        shutil.chown(data, "postgres")
        folder.chmod(0o711)
    port = free_port()
    subprocess.run(
        [initdb, "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=data,
        **as_user,  # type: ignore[call-overload]
    )
    process = subprocess.Popen(
        [server, "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(data), "-F"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=data,
        **as_user,  # type: ignore[call-overload]
    )
    try:
        wait_for(port, process)
        import psycopg

        address = f"postgresql://postgres@127.0.0.1:{port}"
        end = time.monotonic() + 20
        while True:
            try:
                with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
                    connection.execute("CREATE DATABASE hiringloop")
                break
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
        yield f"{address}/hiringloop"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


@pytest.fixture
def redis(folder: Path) -> Iterator[str]:
    server = shutil.which("redis-server")
    if server is None:
        skip_or_fail("Redis")
    assert server
    port = free_port()
    process = subprocess.Popen(
        [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.servers
def test_demo_on_another_postgresql_and_redis_does_the_same(folder: Path, system_postgresql: str, redis: str) -> None:
    done = run_demo(clean_environment(folder / "var", DATABASE_URL=system_postgresql, CELERY_BROKER_URL=redis))
    assert_main_job(done, folder / "var")
    assert not (folder / "var" / "postgres").exists(), "the embedded server was started though DATABASE_URL is set"
