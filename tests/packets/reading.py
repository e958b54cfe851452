"""What another program makes of a packet: poppler reads its text, QPDF its syntax."""

import os
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from pdfua import validate


def pages_of(data: bytes, *, as_laid_out: bool = True) -> list[str]:
    """The text of each page: as it stands on the paper, or in the order of the file. Skips where poppler is missing."""
    if not shutil.which("pdftotext") and "REQUIRE_SERVERS" not in os.environ:
        pytest.skip("pdftotext is not here; Debian has it in poppler-utils")
    command = ["pdftotext", *(["-layout"] if as_laid_out else []), "-", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def found_by_another_checker(path: Path) -> list[str]:
    """What pdfua, a checker of PDF/UA-1 by somebody else, finds. One of its twelve checks cannot read our bookmarks."""
    report = validate(path)
    assert {skipped.rule_id for skipped in report.skipped} <= {"UA-14-001"}, report.skipped
    return [f"{finding.rule_id}: {finding.message}" for finding in report.findings]


def is_clean(path: Path) -> bool:
    """`qpdf --check`, by the library inside pikepdf."""
    job = pikepdf.Job(["pikepdf", "--check", str(path)])
    job.run()
    return not job.has_warnings and job.exit_code == 0
