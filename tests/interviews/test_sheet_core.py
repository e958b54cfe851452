"""The offline sheet: what is written is read again, and what cannot be read is said with its line."""

import contextlib
import csv
import dataclasses
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.interviews.core.entries import RatingEntry
from apps.interviews.core.sheet import (
    MAX_BYTES,
    RECOMMENDATIONS,
    Sheet,
    SheetError,
    SheetLevel,
    SheetLine,
    decode,
    read,
    write_csv,
    write_yaml,
)

NOTHING = RatingEntry(level=None, no_evidence=False, evidence="")
LEVELS = tuple(SheetLevel(n, f"Level {n}", (f"Does {n}: well, #{n}", "=and more")) for n in (1, 2, 3, 4))


def line(slug: str, entry: RatingEntry = NOTHING, name: str = "LLM craft") -> SheetLine:
    return SheetLine(slug, name, LEVELS, "It did not come up.", entry)


SHEET = Sheet(17, 3, "Craft, Noor Haddad", (line("llm-craft"), line("words")), "", "")
WRITERS = {"sheet.csv": write_csv, "sheet.yaml": write_yaml}

# Plain line ends, no character a database or a file cannot hold; the rest as wild as it comes.
texts = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\0\r"),
        st.sampled_from("=+-@'\"\n\t,;:#|>&*![]{}% \u2028\x85\ufeff"),
    ),
    max_size=60,
)
levels = st.sampled_from([(None, False), (None, True), (1, False), (2, False), (3, False), (4, False)])
entries = st.builds(
    lambda level, evidence, moment: RatingEntry(*level, evidence, moment), levels, texts, texts.map(lambda t: t[:300])
)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    slugs = draw(st.lists(st.from_regex(r"[a-z0-9_-]{1,12}", fullmatch=True), min_size=1, max_size=4, unique=True))
    lines = tuple(line(slug, draw(entries), draw(texts)) for slug in slugs)
    return Sheet(
        draw(st.integers(1, 10**9)), draw(st.integers(0, 10**8)), draw(texts), lines,
        draw(st.sampled_from(["", *RECOMMENDATIONS])), draw(texts), draw(st.booleans()),
    )  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
@given(sheet=sheets())
def test_what_is_written_is_read_again(name: str, sheet: Sheet) -> None:
    filled = read(name, WRITERS[name](sheet).encode(), sheet)
    assert filled.entries == {one.slug: one.entry for one in sheet.lines}
    assert (filled.revision, filled.recommendation) == (sheet.revision, sheet.recommendation)
    assert filled.private_notes == sheet.private_notes


@given(sheet=sheets())
def test_no_cell_for_a_spreadsheet_begins_like_a_formula(sheet: Sheet) -> None:
    rows = csv.reader(io.StringIO(write_csv(sheet).removeprefix("\ufeff"), newline=""))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@given(content=st.one_of(st.binary(max_size=300), texts.map(str.encode)), name=st.sampled_from(["", *WRITERS]))
def test_whatever_it_is_it_is_refused_in_words(content: bytes, name: str) -> None:
    with pytest.raises(SheetError) as refused:
        read(name, content, SHEET)
    assert all(refused.value.problems)


damage = st.tuples(st.floats(0, 1), st.text(max_size=8), st.integers(0, 5))


@given(name=st.sampled_from([*WRITERS]), damages=st.lists(damage, max_size=4))
def test_a_damaged_sheet_is_read_or_refused(name: str, damages: list[tuple[float, str, int]]) -> None:
    text = WRITERS[name](SHEET)
    for place, junk, length in damages:
        at = int(place * len(text))
        text = text[:at] + junk + text[at + length :]
    with contextlib.suppress(SheetError):
        read(name, text.encode("utf-8", "replace"), SHEET)


def problems(name: str, text: str, sheet: Sheet = SHEET) -> list[str]:
    with pytest.raises(SheetError) as refused:
        read(name, text.encode(), sheet)
    return refused.value.problems


CSV = """key,name,answer,evidence,moment
(interview),,17
(revision),,3
llm-craft,LLM craft,{level},"Two
lines",12:30
words,Words,none,,
(recommendation),,{recommendation}
(private_notes),,"Mine, only"
"""
YAML = """interview: 17
revision: 3
competencies:
  llm-craft:
    level: {level}
    evidence: |-
      Two
      lines
    moment: 12:30
  words:
    level: none
recommendation: {recommendation}
private_notes: Mine, only
"""


@pytest.mark.parametrize("text", [CSV, YAML])
@pytest.mark.parametrize("change", [str, lambda text: text.replace("\n", "\r\n"), lambda text: "\n" + text])
def test_a_sheet_typed_by_hand_is_read(text: str, change: object) -> None:
    assert callable(change)
    filled = read("", change(text.format(level=3, recommendation="Strong yes")).encode(), SHEET)
    assert filled.entries == {
        "llm-craft": RatingEntry(3, no_evidence=False, evidence="Two\nlines", moment="12:30"),
        "words": RatingEntry(None, no_evidence=True, evidence=""),
    }
    assert (filled.recommendation, filled.private_notes) == ("strong_yes", "Mine, only")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_of_another_country_separates_otherwise(delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(CSV.format(level=2, recommendation="no"))))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([*rows, ["", "", "", "", ""]])
    for encoding in ("utf-8-sig", "utf-16"):
        assert read("mine.csv", out.getvalue().encode(encoding), SHEET).entries["llm-craft"].level == 2


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("", CSV.format(level=5, recommendation="no"), "Line 4: level must be 1, 2, 3, 4 or none, not 5."),
        ("", YAML.format(level=5, recommendation="no"), "Line 5: level must be 1, 2, 3, 4 or none, not 5."),
        (
            "",
            YAML.format(level="[3]", recommendation=""),
            "Line 5: level must be a text. Put it in quotation marks, or after “|”.",
        ),
        ("", CSV.format(level="²", recommendation="no"), "Line 4: level must be 1, 2, 3, 4 or none, not ²."),
        (
            "",
            CSV.format(level=3, recommendation="maybe"),
            "Line 7: recommendation must be strong_no, no, yes, strong_yes or empty, not maybe.",
        ),
        (
            "",
            YAML.format(level=3, recommendation="maybe"),
            "Line 12: recommendation must be strong_no, no, yes, strong_yes or empty, not maybe.",
        ),
        ("", CSV.replace("17", "18"), "Line 2: this sheet is of another interview (18)."),
        ("", YAML.replace("17", "18"), "Line 1: this sheet is of another interview (18)."),
        (
            "",
            CSV.replace("words,", "letters,"),
            "Line 6: “letters” is not on this scorecard; on it are llm-craft, words.",
        ),
        (
            "",
            YAML.replace("  words:", "  letters:"),
            "Line 10: “letters” is not on this scorecard; on it are llm-craft, words.",
        ),
        ("", CSV.replace("words,", "llm-craft,"), "Line 6: “llm-craft” stands on line 4 already."),
        ("", YAML.replace("  words:", "  llm-craft:"), "Line 10: “llm-craft” stands on line 4 already."),
        (
            "",
            CSV.replace("words,Words,none,,\n", ""),
            "“words” is missing. Leave its level empty if you cannot say yet.",
        ),
        (
            "",
            CSV.replace("(interview),,17\n", ""),
            "The line “interview” is missing; download the sheet again to see it.",
        ),
        ("", CSV.replace("(revision),,3\n", ""), "The line “revision” is missing; download the sheet again to see it."),
        (
            "",
            CSV.replace("(revision),,3", "(revision),,three"),
            "Line 3: revision must be the number that was there, not three.",
        ),
        ("", CSV.replace("(revision),,3", "(interview),,17"), "Line 3: “interview” stands on line 2 already."),
        (
            "",
            CSV.replace("(revision),,3", "(revision),,3,What is this?"),
            "Line 3: “revision” takes an answer only; there is more beside it.",
        ),
        (
            "",
            CSV.replace("none,,", "none,,,and,more"),
            "Line 6: 7 values for 5 columns. Is there a comma outside quotation marks?",
        ),
        ("a.csv", CSV.replace("evidence,", ""), "Line 1: the column “evidence” is missing."),
        ("a.csv", CSV.replace("moment", "moment,mood"), "Line 1: the column “mood” is not known."),
        ("a.csv", CSV.replace("moment", "moment,name"), "Line 1: a column stands there twice."),
        ("a.csv", CSV + '"open', "Line 9: not CSV (unexpected end of data). Is a quotation mark left open?"),
        ("a.csv", "# only this\n", "The first line with the columns key, name, answer, evidence, moment is missing."),
        ("a.csv", CSV.replace("12:30", "x" * 301), "Line 4: moment has 301 characters; the most is 300."),
        (
            "",
            YAML.replace("none", '"no\\0ne"').replace('level: "', 'evidence: "'),
            "Line 11: evidence holds a character that cannot be stored.",
        ),
        ("", YAML.replace("12:30", '"\\ud800"'), "Line 9: moment holds a character that cannot be stored."),
        ("", YAML.replace("12:30", '"\\U99999999"'), "Not YAML: an escaped character in it does not exist."),
        (
            "",
            YAML.replace("12:30", "!!python/object:os.system x"),
            "Line 9: tags (!name) are not allowed here. Write plain text.",
        ),
        ("", YAML.replace("12:30", "&a x"), "Line 9: references (&name, *name) are not allowed here. Write it out."),
        ("", YAML.replace("12:30", "*a"), "Line 9: references (&name, *name) are not allowed here. Write it out."),
        ("", YAML.replace("12:30", "x: y: z"), "Line 9: not YAML (mapping values are not allowed here)."),
        ("", YAML.replace("12:30", "[[[[[[x]]]]]]"), "Line 9: this is more than any scorecard holds."),
        (
            "",
            YAML.replace("    moment:", "    minute:"),
            "Line 9: “minute” is not known; known are level, evidence, moment.",
        ),
        (
            "",
            YAML.replace("private_notes:", "notes:"),
            "Line 13: “notes” is not known; known are interview, revision, recommendation, private_notes,",
        ),
        ("a.yaml", "- 17\n- 3\n", "Line 1: the sheet: here belong lines of the form “name: value”."),
        ("a.yaml", "? [a]\n: b\ninterview: 17", "Line 1: the sheet: a name must be a plain word."),
    ],
)
def test_a_fault_is_named_with_its_line(name: str, text: str, expected: str) -> None:
    found = problems(name, text.replace("{level}", "3").replace("{recommendation}", "yes"))
    assert [one for one in found if one.startswith(expected)], found


def test_all_faults_are_named_at_once_but_not_without_end() -> None:
    many = CSV.format(level=7, recommendation="perhaps").replace("none,,", "nothing,,")
    assert [problem.partition(":")[0] for problem in problems("", many)] == ["Line 4", "Line 6", "Line 7"]
    endless = CSV.format(level=1, recommendation="no") + "".join(f"slug-{n},,1,,\n" for n in range(100))
    assert problems("", endless)[-1] == "The first 30 faults are shown."
    assert len(problems("", endless)) == 31


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"x" * (MAX_BYTES + 1), "larger than 1 MB"),
        ("key,name\nZo\u00eb".encode("cp1252"), "Line 2: this is not UTF-8"),
        (b"PK\x03\x04\0\0", "not a text file"),
        (b" \n", "The sheet is empty."),
    ],
)
def test_a_file_that_is_no_text_is_refused(content: bytes, expected: str) -> None:
    with pytest.raises(SheetError, match=expected):
        decode(content)


@pytest.mark.parametrize(
    "piece", ["[", "{a: ", "- ", "? ", "a: b\n", "- a\n", "'", "!", "&", "#", "a,", '"', "\n", "a\n"]
)
def test_a_megabyte_of_nonsense_is_refused_soon(piece: str) -> None:
    begin = time.perf_counter()
    for name in ("a.yaml", "a.csv"):
        with pytest.raises(SheetError):
            read(name, (piece * (MAX_BYTES // len(piece))).encode(), SHEET)
    assert time.perf_counter() - begin < 20


def test_a_competency_may_be_called_like_a_line_of_the_card() -> None:
    sheet = dataclasses.replace(SHEET, lines=(line("interview"), line("private_notes", RatingEntry(2, False, "Yes."))))
    for name, write in WRITERS.items():
        assert read(name, write(sheet).encode(), sheet).entries["private_notes"].evidence == "Yes."
