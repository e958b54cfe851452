"""The filter of system calls, written by our own short assembler so that no binary lies in the repository.

It is a deny list, the inner of two walls: the outer one is made of namespaces without capabilities. It takes away the
calls that have most often been the way out of a namespace, those that hold memory nobody counts (memfd, System V,
shared without a file), and the socket families that know no network namespace (vsock above all). Numbers: the kernel's
`arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h` (aarch64); from 424 on they agree.
"""

import errno
import platform
import struct

ALLOW = 0x7FFF0000
KILL = 0x80000000
ERRNO = 0x00050000

X86_64, AARCH64 = "x86_64", "aarch64"
ARCHITECTURES = {X86_64: 0xC000003E, AARCH64: 0xC00000B7}
X32 = 0x40000000  # the bit of the x32 interface: the same calls under other numbers

# name: number on x86_64, number on aarch64; None where the machine has no such call.
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "personality": (135, 92),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "vhangup": (153, 58),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
}
# These are looked at, or answered in their own way.
CLONE, CLONE3, SOCKET, IOCTL, MMAP, CAPSET = (56, 220), (435, 435), (41, 198), (16, 29), (9, 222), (126, 91)

NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET
SOCKET_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
TERMINAL_INJECTIONS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX

MAP_SHARED, MAP_ANONYMOUS = 0x01, 0x20

# struct seccomp_data { int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6]; }; both machines little-endian
_NUMBER, _ARCH, _FIRST, _SECOND, _FOURTH = 0, 4, 16, 24, 40
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def number(name: str, machine: str) -> int | None:
    """The number of a denied call on this machine."""
    return NUMBERS[name][0 if machine == X86_64 else 1]


def program(machine: str | None = None) -> bytes:
    """The filter as an array of `struct sock_filter`. Raises KeyError for a machine we have no numbers for."""
    machine = machine or platform.machine()
    architecture = ARCHITECTURES[machine]
    column = 0 if machine == X86_64 else 1
    code = _Assembler()
    code.load(_ARCH)
    code.jump(_EQUAL, architecture, otherwise="kill")
    code.load(_NUMBER)
    if machine == X86_64:
        code.jump(_AT_LEAST, X32, then="kill")
    for numbers in NUMBERS.values():
        denied = numbers[column]
        if denied is not None:
            code.jump(_EQUAL, denied, then="deny")
    # Without a pointer the flags of clone3 cannot be seen: "no such call" sends every libc back to clone.
    code.jump(_EQUAL, CLONE3[column], then="absent")
    code.jump(_EQUAL, CLONE[column], then="clone")
    code.jump(_EQUAL, SOCKET[column], then="socket")
    code.jump(_EQUAL, IOCTL[column], then="ioctl")
    code.jump(_EQUAL, MMAP[column], then="mmap")
    code.answer(ALLOW)
    code.label("clone")
    code.load(_FIRST)
    code.jump(_ANY_BIT, NEW_NAMESPACES, then="deny")
    code.answer(ALLOW)
    code.label("mmap")
    # Shared memory without a file stays when no process has its pages any more: it could not be watched.
    code.load(_FOURTH)
    code.jump(_ANY_BIT, MAP_ANONYMOUS, otherwise="allow")
    code.jump(_ANY_BIT, MAP_SHARED, then="deny")
    code.answer(ALLOW)
    code.label("ioctl")
    code.load(_SECOND)
    for request in TERMINAL_INJECTIONS:
        code.jump(_EQUAL, request, then="deny")
    code.answer(ALLOW)
    code.label("socket")
    code.load(_FIRST)
    for family in SOCKET_FAMILIES:
        code.jump(_EQUAL, family, then="allow")
    code.answer(ERRNO | errno.EAFNOSUPPORT)
    code.label("allow")
    code.answer(ALLOW)
    code.label("deny")
    code.answer(ERRNO | errno.EPERM)
    code.label("absent")
    code.answer(ERRNO | errno.ENOSYS)
    code.label("kill")
    code.answer(KILL)
    return code.assembled()


class _Assembler:
    """Classic BPF with forward jumps to labels. A jump reaches 255 instructions; the packing refuses a longer one."""

    def __init__(self) -> None:
        self._instructions: list[tuple[int, str | None, str | None, int]] = []
        self._labels: dict[str, int] = {}

    def load(self, offset: int) -> None:
        self._instructions.append((_LOAD, None, None, offset))

    def jump(self, condition: int, value: int, *, then: str | None = None, otherwise: str | None = None) -> None:
        """Without a label it goes on with the next instruction."""
        self._instructions.append((condition, then, otherwise, value))

    def answer(self, value: int) -> None:
        self._instructions.append((_RETURN, None, None, value))

    def label(self, name: str) -> None:
        self._labels[name] = len(self._instructions)

    def assembled(self) -> bytes:
        return b"".join(
            struct.pack("<HBBI", code, self._distance(at, then), self._distance(at, otherwise), value)
            for at, (code, then, otherwise, value) in enumerate(self._instructions)
        )

    def _distance(self, at: int, label: str | None) -> int:
        return 0 if label is None else self._labels[label] - at - 1
