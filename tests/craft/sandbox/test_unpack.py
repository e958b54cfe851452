"""What a candidate hands in is a zip archive, and nothing it says about itself is believed."""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.craft.sandbox import BadArchive, Caps, unpack


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "in"


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as file:
        for name, text in entries:
            file.writestr(name, text, compress_type=method)
    return content.getvalue()


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def raw(name: bytes, *, flags: int = 0, text: bytes = b"x", size: int | None = None) -> bytes:
    """An archive of one stored file, byte by byte, for what no library would write."""
    crc, length = zlib.crc32(text), len(text) if size is None else size
    common = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 0x21, crc, len(text), length, len(name), 0)
    local = b"PK\x03\x04" + common + name + text
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def refused(content: bytes, into: Path, **caps: int) -> str:
    with pytest.raises(BadArchive) as caught:
        unpack(content, into, allowed=Caps(**caps))
    assert list(into.iterdir() if into.exists() else []) == []
    return caught.value.reason


def test_ordinary_archive_is_unpacked(into: Path) -> None:
    content = archive(("app/", b""), ("app/main.py", b"print(1)"), ("NOTES.md", b"h\xc3\xa9"), ("data/ü.json", b"{}"))
    assert unpack(content, into) == ["NOTES.md", "app/main.py", "data/ü.json"]
    assert (into / "app/main.py").read_bytes() == b"print(1)"
    assert stat.S_IMODE((into / "app/main.py").stat().st_mode) == 0o644


def test_archive_in_a_file_is_unpacked(into: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive(("main.py", b"")))
    assert unpack(tmp_path / "a.zip", into) == ["main.py"]


def test_program_bits_are_not_kept(into: Path) -> None:
    content = archive((entry("run", stat.S_IFREG | stat.S_ISUID | 0o777), b""))
    unpack(content, into)
    assert stat.S_IMODE((into / "run").stat().st_mode) == 0o644


def test_folder_that_is_not_empty_is_left_alone(into: Path) -> None:
    into.mkdir()
    (into / "mine").write_text("mine")
    with pytest.raises(ValueError, match="is not empty"):
        unpack(archive(("a", b"")), into)
    assert os.listdir(into) == ["mine"]


@pytest.mark.parametrize(
    "name",
    [
        "../outside", "a/../../outside", "a/..", "/etc/passwd", "//host/share", "a//b", "./a", "a/./b", "C:/a", "c:a",
        "a\\b", "..\\outside", "a\nb", "a\x1b[2Jb", "a\u202eb", "nul", "a/CON.txt", "a.", "a /b", "a/b:stream",
        "x" * 300, "/".join("abcdefghijklmn"),
    ],
)  # fmt: skip
def test_name_that_is_no_plain_path_is_refused(into: Path, tmp_path: Path, name: str) -> None:
    before = set(tmp_path.iterdir())
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    reason = refused(archive((info, b"slip")), into)
    assert reason.startswith("The name “")
    assert reason.isprintable()
    assert set(tmp_path.iterdir()) - {into} == before


def test_name_with_a_zero_is_refused(into: Path) -> None:
    assert "cannot be seen" in refused(raw(b"main.py\0.txt"), into)


@pytest.mark.parametrize(("flags", "name"), [(0, "ä".encode("latin-1")), (0, "ä".encode()), (0x800, b"\xff\xfe")])
def test_name_that_is_not_utf8_is_refused(into: Path, flags: int, name: bytes) -> None:
    assert refused(raw(name, flags=flags), into) in (
        "The archive is damaged, or it is no zip archive.",
        f"The name “{name.decode('cp437')}” is not marked as UTF-8. Use plain letters and digits in names.",
    )


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_link_and_device_are_refused(into: Path, kind: int) -> None:
    assert "is a link, a device" in refused(archive((entry("thing", kind | 0o777), b"/etc/passwd")), into)


def test_link_that_a_later_file_goes_through_is_refused(into: Path) -> None:
    content = archive((entry("a", stat.S_IFLNK | 0o777), b"/tmp"), ("a/b", b"slip"))
    assert "is a link" in refused(content, into)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("a.py", "a.py"),
        ("a.py", "A.py"),
        ("é.py", "e\u0301.py"),
        ("straße", "STRASSE"),
        ("App/a", "app/b"),
        ("a", "a/"),
        ("a", "a/b"),
        ("A/b", "a"),
    ],
)
def test_names_that_are_one_somewhere_are_refused(into: Path, one: str, two: str) -> None:
    for names in ((one, two), (two, one)):
        reason = refused(archive(*((name, b"") for name in names)), into)
        assert "one name" in reason or "a file and a folder" in reason


@pytest.mark.parametrize("flag", [0x1, 0x41, 0x2000])
def test_encrypted_file_is_refused(into: Path, flag: int) -> None:
    reason = refused(raw(b"main.py", flags=flag), into)
    assert reason == "“main.py” is encrypted. Make the archive without a password."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused(into: Path, method: int) -> None:
    assert "unusual way" in refused(archive(("a", b"x" * 100), method=method), into)


def test_too_many_entries_are_refused(into: Path) -> None:
    content = archive(*((f"{number}", b"") for number in range(11)))
    assert refused(content, into, entries=10) == "The archive has more than 10 entries."


def test_large_archive_is_refused_before_it_is_read(into: Path) -> None:
    assert refused(os.urandom(2 << 20), into, archive_bytes=1 << 20) == "The archive is larger than 1 MB."


def test_large_file_is_refused(into: Path) -> None:
    content = archive(("a.bin", os.urandom(3 << 20)))
    assert refused(content, into, single_bytes=2 << 20) == "“a.bin” is larger than 2 MB."


def test_total_is_counted_over_all_files(into: Path) -> None:
    content = archive(*((f"{number}.bin", os.urandom(1 << 20)) for number in range(5)))
    assert "far more than it should" in refused(content, into, total_bytes=4 << 20, archive_bytes=8 << 20)


def test_bomb_is_refused_by_what_comes_out(into: Path) -> None:
    bomb = archive(*((f"{number}", bytes(4 << 20)) for number in range(7)))
    assert len(bomb) < 40_000
    assert "far more than it should" in refused(bomb, into, ratio=100)


def test_bomb_in_one_file_is_refused(into: Path) -> None:
    assert "is larger than 4 MB" in refused(archive(("a", bytes(200 << 20)), ("b", os.urandom(200_000))), into)


def test_many_files_of_one_letter_are_no_bomb(into: Path) -> None:
    assert unpack(archive(("a.txt", b"a" * 900_000)), into) == ["a.txt"]


def lying(content: bytes, size: int) -> bytes:
    """The same archive, with a small uncompressed size written in both headers."""
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(mark) + offset
        content = content[:at] + struct.pack("<I", size) + content[at + 4 :]
    return content


def test_size_in_the_headers_is_not_believed(into: Path) -> None:
    """Python stops at the size that was claimed; then the checksum is wrong. Nothing of it stays."""
    refused(lying(archive(("a", bytes(50 << 20))), 10), into)


def test_overlapping_files_are_counted_each_time(into: Path) -> None:
    """A bomb whose many entries share one body: the central folder names it a thousand times."""
    body = archive(("a" * 3, bytes(1 << 20)))
    local, central = body[: body.index(b"PK\x01\x02")], body[body.index(b"PK\x01\x02") : body.index(b"PK\x05\x06")]
    folder = b"".join(central[:-3] + b"%03d" % number for number in range(500))
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 500, 500, len(folder), len(local), 0)
    refused(local + folder + end, into)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)[:10]])
def test_what_is_no_archive_is_refused(into: Path, content: bytes) -> None:
    assert refused(content, into) == "The archive is damaged, or it is no zip archive."


@given(data=st.data())
def test_damaged_archive_never_gets_out_nor_breaks(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(archive(("app/main.py", b"print(1)" * 9), ("b.txt", b"y"), method=zipfile.ZIP_DEFLATED))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    top = tmp_path_factory.mktemp("damaged")
    into = top / "in"
    try:
        names = unpack(bytes(content), into)
    except BadArchive:
        assert list(into.iterdir()) == []
    else:
        assert all((into / name).is_file() for name in names)
    assert {path.name for path in top.iterdir()} == {"in"}


@pytest.mark.parametrize("broken", [lambda content: content[:-30], lambda content: content[:40] + content[44:]])
def test_cut_archive_leaves_nothing(into: Path, broken: Callable[[bytes], bytes]) -> None:
    refused(broken(archive(("a", os.urandom(5000)), ("b", os.urandom(5000)))), into)
