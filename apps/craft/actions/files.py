"""Files of the kits: what a candidate gets, and what they hand in."""

import hashlib
import os
import uuid
from pathlib import Path

from django.conf import settings


def keep_file(name: str, data: bytes) -> None:
    """Whole or not at all, for the owner of the process only, and on the disk before anybody is told."""
    folder = Path(settings.CRAFT_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f"{name}.{uuid.uuid4().hex}.part"
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, folder / name)
    finally:
        part.unlink(missing_ok=True)


def whole_file(name: str, *, sha256: str) -> bytes | None:
    """None where it is gone, or is not what was kept."""
    try:
        data = (Path(settings.CRAFT_DIR) / name).read_bytes()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None
