"""Unpacks a candidate's zip archive and believes nothing it says about itself."""

import io
import re
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

CHUNK = 64 << 10
FREE = 1 << 20  # bytes that may come out whatever the ratio: small files of one letter are no bomb
FLAG_ENCRYPTED, FLAG_STRONG, FLAG_MASKED, FLAG_UTF8 = 0x1, 0x40, 0x2000, 0x800
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
KINDS = {0, stat.S_IFREG, stat.S_IFDIR}
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
FORBIDDEN_LETTERS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
SHOWN = 60
# What zipfile raises for an archive that is broken or made to break it.
DAMAGES = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, IndexError, RuntimeError)


@dataclass(frozen=True)
class Caps:
    """What an archive may hold. `ratio`: bytes that come out for each byte of the archive."""

    archive_bytes: int = 4 << 20
    entries: int = 1000
    single_bytes: int = 4 << 20
    total_bytes: int = 32 << 20
    ratio: int = 100
    name_length: int = 240
    depth: int = 12


class BadArchive(ValueError):
    """Why an archive is not taken, in a plain sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def unpack(archive: Path | bytes, into: Path, *, allowed: Caps = Caps()) -> list[str]:
    """Write the archive's files below `into`, a folder that is new or empty, and return their names in order.

    Raises BadArchive; then nothing of the archive is left there.
    """
    size = len(archive) if isinstance(archive, bytes) else archive.stat().st_size
    if size > allowed.archive_bytes:
        raise BadArchive(f"The archive is larger than {_megabytes(allowed.archive_bytes)}.")
    content = archive if isinstance(archive, bytes) else archive.read_bytes()
    into.mkdir(parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise ValueError(f"{into} is not empty")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            names = _checked(file.infolist(), allowed)
            budget = min(allowed.total_bytes, max(FREE, size * allowed.ratio))
            for name, entry in names.items():
                (into / name).parent.mkdir(parents=True, exist_ok=True)
                if entry.is_dir():
                    (into / name).mkdir(exist_ok=True)
                else:
                    budget -= _write(file, entry, into / name, budget, allowed)
    except (BadArchive, OSError):
        _empty(into)
        raise
    except DAMAGES as problem:
        _empty(into)
        raise BadArchive("The archive is damaged, or it is no zip archive.") from problem
    return sorted(name for name, entry in names.items() if not entry.is_dir())


def _checked(entries: list[zipfile.ZipInfo], allowed: Caps) -> dict[str, zipfile.ZipInfo]:
    """Names that are safe on every system, each once. Nothing has been read of the contents yet."""
    if len(entries) > allowed.entries:
        raise BadArchive(f"The archive has more than {allowed.entries:,} entries.")
    names: dict[str, zipfile.ZipInfo] = {}
    folded: dict[str, str] = {}
    for entry in entries:
        name = _name(entry, allowed)
        shown = _shown(name)
        if entry.flag_bits & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED):
            raise BadArchive(f"{shown} is encrypted. Make the archive without a password.")
        if entry.compress_type not in METHODS:
            raise BadArchive(f"{shown} is compressed in an unusual way. Make an ordinary zip archive.")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in KINDS or (kind == stat.S_IFDIR) > entry.is_dir() or (kind == stat.S_IFREG and entry.is_dir()):
            raise BadArchive(f"{shown} is a link, a device or something else that is neither file nor folder.")
        fold = unicodedata.normalize("NFC", name).casefold()
        if fold in folded:
            raise BadArchive(f"{shown} and {_shown(folded[fold])} are one name on some systems.")
        names[name] = entry
        folded[fold] = name
    for fold in folded:
        for above in _above(fold):
            if above in folded and not names[folded[above]].is_dir():
                raise BadArchive(f"{_shown(folded[above])} is a file and a folder at once.")
    # A folder that is only implied must not differ from another in upper and lower case alone either.
    spellings: dict[str, str] = {}
    for name in names:
        for above in _above(name):
            fold = unicodedata.normalize("NFC", above).casefold()
            if spellings.setdefault(fold, above) != above:
                raise BadArchive(f"{_shown(above)} and {_shown(spellings[fold])} are one name on some systems.")
    return names


def _name(entry: zipfile.ZipInfo, allowed: Caps) -> str:
    name = entry.orig_filename
    shown = _shown(name)
    if not entry.flag_bits & FLAG_UTF8 and not name.isascii():
        raise BadArchive(f"The name {shown} is not marked as UTF-8. Use plain letters and digits in names.")
    if any(unicodedata.category(letter) in FORBIDDEN_LETTERS for letter in name):
        raise BadArchive(f"The name {shown} has characters that cannot be seen.")
    if "\\" in name or ":" in name:
        raise BadArchive(f"The name {shown} has a backslash or a colon.")
    if name.startswith("/"):
        raise BadArchive(f"The name {shown} is an absolute path.")
    name = name.removesuffix("/")
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise BadArchive(f"The name {shown} leads out of the folder, or is no path.")
    if any(RESERVED.match(part) or part != part.rstrip(". ") for part in parts):
        raise BadArchive(f"The name {shown} cannot be used on every system.")
    if len(name.encode()) > allowed.name_length or len(parts) > allowed.depth:
        raise BadArchive(f"The name {shown} is too long or too deep.")
    return name


def _write(file: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: int, allowed: Caps) -> int:
    """Write one file and return its bytes. They are counted as they come; the sizes in the headers are claims."""
    written = 0
    with file.open(entry) as source, target.open("xb") as copy:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > allowed.single_bytes:
                raise BadArchive(f"{_shown(entry.filename)} is larger than {_megabytes(allowed.single_bytes)}.")
            if written > budget:
                raise BadArchive("The archive unpacks to far more than it should. It was not taken.")
            copy.write(chunk)
    target.chmod(0o644)
    return written


def _above(name: str) -> list[str]:
    """The folders above a name, nearest first."""
    above = []
    while "/" in name:
        name = name.rpartition("/")[0]
        above.append(name)
    return above


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _shown(name: str) -> str:
    """A name that comes from outside, short and printable."""
    text = name if len(name) <= SHOWN else name[:SHOWN] + "…"
    return "“" + "".join(letter if letter.isprintable() else "�" for letter in text) + "”"


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):g} MB"
