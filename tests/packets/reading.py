"""What another program makes of a packet: poppler reads its text, QPDF its syntax."""

import os
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest


def pages_of(data: bytes, *, as_laid_out: bool = True) -> list[str]:
    """The text of each page: as it stands on the paper, or in the order of the file. Skips where poppler is missing."""
    if not shutil.which("pdftotext") and "REQUIRE_SERVERS" not in os.environ:
        pytest.skip("pdftotext is not here; Debian has it in poppler-utils")
    command = ["pdftotext", *(["-layout"] if as_laid_out else []), "-", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def is_clean(path: Path) -> bool:
    """`qpdf --check`, by the library inside pikepdf."""
    job = pikepdf.Job(["pikepdf", "--check", str(path)])
    job.run()
    return not job.has_warnings and job.exit_code == 0
