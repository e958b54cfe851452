"""The filter, run instruction by instruction by a small machine that shares no code with the assembler."""

import errno
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.craft.sandbox import seccomp

ALLOW, KILL = 0x7FFF0000, 0x80000000
DENIED, ABSENT, NO_FAMILY = (0x00050000 | number for number in (errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT))
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
MACHINES = list(ARCHITECTURE)


def answer(program: bytes, number: int, arguments: tuple[int, ...] = (), *, architecture: int) -> int:
    """What the kernel would answer. Classic BPF: an accumulator, loads of words, three comparisons, a return."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(arguments + (0,) * 6)[:6])
    instructions = list(struct.iter_unpack("<HBBI", program))
    accumulator = at = 0
    while True:
        code, then, otherwise, value = instructions[at]
        at += 1
        if code == 0x20:  # ld [k]
            assert value % 4 == 0
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif code == 0x06:  # ret k
            return value
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += then if holds else otherwise


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    return request.param


def on(machine: str, number: int, *arguments: int) -> int:
    return answer(seccomp.program(machine), number, arguments, architecture=ARCHITECTURE[machine])


def column(machine: str) -> int:
    return MACHINES.index(machine)


@pytest.mark.parametrize("name", sorted(seccomp.NUMBERS))
def test_denied_call_is_denied_on_both_machines(name: str) -> None:
    for machine, number in zip(MACHINES, seccomp.NUMBERS[name], strict=True):
        if number is not None:
            assert on(machine, number) == DENIED


def test_every_other_call_is_allowed(machine: str) -> None:
    special = {numbers[column(machine)] for numbers in (seccomp.CLONE3, seccomp.SOCKET)}
    denied = {numbers[column(machine)] for numbers in seccomp.NUMBERS.values()} | special
    assert {number for number in range(1000) if on(machine, number) != ALLOW} == denied - {None}


def test_clone_with_a_new_namespace_is_denied_and_a_thread_is_not(machine: str) -> None:
    clone = seccomp.CLONE[column(machine)]
    for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert on(machine, clone, flag | 17) == DENIED
        assert on(machine, clone, flag | 1 << 40) == DENIED
    assert on(machine, clone, 17) == ALLOW
    assert on(machine, clone, 0x3D0F00) == ALLOW  # what glibc asks for a thread
    assert on(machine, clone, 0x4111) == ALLOW  # and for a child process by vfork


def test_clone3_is_absent_so_that_libc_goes_back_to_clone(machine: str) -> None:
    assert on(machine, seccomp.CLONE3[column(machine)]) == ABSENT


@given(st.integers(0, 2**32 - 1))
def test_only_socket_families_with_a_namespace_are_open(family: int) -> None:
    for machine in MACHINES:
        number = seccomp.SOCKET[column(machine)]
        assert on(machine, number, family) == (ALLOW if family in (1, 2, 10) else NO_FAMILY)


def test_memory_is_shared_through_files_only(machine: str) -> None:
    number = seccomp.MMAP[column(machine)]
    anonymous, shared, private, fixed = 0x20, 0x01, 0x02, 0x10
    assert on(machine, number, 0, 4096, 3, anonymous | shared) == DENIED
    assert on(machine, number, 0, 4096, 3, anonymous | shared | private | fixed) == DENIED  # shared and checked
    assert on(machine, number, 0, 4096, 3, anonymous | private) == ALLOW
    assert on(machine, number, 0, 4096, 3, shared) == ALLOW


def test_typing_into_a_terminal_is_denied(machine: str) -> None:
    number = seccomp.IOCTL[column(machine)]
    assert on(machine, number, 0, 0x5412) == DENIED
    assert on(machine, number, 0, 0x541C) == DENIED
    assert on(machine, number, 0, 0x5401) == ALLOW
    assert on(machine, number, 0x5412, 0x5401) == ALLOW


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_foreign_machine_is_killed(number: int, architecture: int) -> None:
    for machine in MACHINES:
        if architecture != ARCHITECTURE[machine]:
            assert answer(seccomp.program(machine), number, architecture=architecture) == KILL


@given(st.integers(0x40000000, 2**32 - 1))
def test_x32_is_killed(number: int) -> None:
    assert on("x86_64", number) == KILL


def test_unknown_machine_has_no_filter() -> None:
    with pytest.raises(KeyError):
        seccomp.program("riscv64")


HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}


def test_numbers_are_those_of_the_system_headers(machine: str) -> None:
    header = Path(HEADERS[machine])
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    found = dict(re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$", header.read_text(), re.MULTILINE))
    own = {name: numbers[column(machine)] for name, numbers in seccomp.NUMBERS.items()}
    own |= {
        "clone": seccomp.CLONE[column(machine)],
        "clone3": seccomp.CLONE3[column(machine)],
        "socket": seccomp.SOCKET[column(machine)],
        "ioctl": seccomp.IOCTL[column(machine)],
        "mmap": seccomp.MMAP[column(machine)],
        "capset": seccomp.CAPSET[column(machine)],
    }
    known = {name: number for name, number in own.items() if name in found}
    assert len(known) > 60
    assert known == {name: int(found[name]) for name in known}
