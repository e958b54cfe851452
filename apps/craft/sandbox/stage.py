"""The folder from which the box is furnished: a copy of the submission that only the box's user can read.

A copy, because the unprivileged user cannot enter the folders of the application, and because nothing that happens
outside can then change a run. Links are copied as links: inside the box they point at what is inside the box.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUBMISSION, SOCKET, ROOT = "sub", "llm.sock", "root"


@contextmanager
def staged(folder: Path, uid: int | None) -> Iterator[Path]:
    """A new folder with the submission in `sub`; `uid` is the box's user where it is another than ours."""
    stage = Path(tempfile.mkdtemp(prefix="hiringloop-room-"))
    try:
        (stage / ROOT).mkdir(mode=0o755)
        _copy(folder, stage / SUBMISSION)
        if uid is not None:
            os.chown(stage, -1, uid)
            stage.chmod(0o710)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.mkdir()
    target.chmod(0o755)
    with os.scandir(source) as entries:
        for entry in entries:
            mode = entry.stat(follow_symlinks=False).st_mode
            copy = target / entry.name
            if stat.S_ISLNK(mode):
                copy.symlink_to(os.readlink(entry.path))
            elif stat.S_ISDIR(mode):
                _copy(Path(entry.path), copy)
            elif stat.S_ISREG(mode):
                shutil.copyfile(entry.path, copy, follow_symlinks=False)
                copy.chmod(0o644)


def readable_copy(content: bytes) -> int:
    """A descriptor that can only be read, of an anonymous file with this content. The caller closes it."""
    writable = os.memfd_create("given")
    try:
        with os.fdopen(os.dup(writable), "wb") as file:
            file.write(content)
        return os.open(f"/proc/self/fd/{writable}", os.O_RDONLY)
    finally:
        os.close(writable)
