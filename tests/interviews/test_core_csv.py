"""Candidates from CSV: valid rows come back as they were, everything else is refused with its line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.interviews.core.csv_rows import MAX_BYTES, MAX_PROBLEMS, MAX_ROWS, CandidateRow, CsvError, parse_candidates
from apps.interviews.core.entries import RatingEntry

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text
)
addresses = st.from_regex(r"[a-z0-9.]{1,20}@[a-z0-9]{1,10}\.[a-z]{2,5}", fullmatch=True)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata"])
people = st.lists(st.tuples(words, addresses, zones, words), min_size=1, max_size=8, unique_by=lambda row: row[1])


def written(rows: list[tuple[str, ...]], heading: tuple[str, ...], delimiter: str) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(heading)
    writer.writerows(rows)
    return target.getvalue()


def tried(content: bytes) -> tuple[list[CandidateRow], list[str]]:
    """The rows, or the faults; any other exception is the test's failure."""
    try:
        return parse_candidates(content), []
    except CsvError as error:
        return [], error.problems


@given(people, st.sampled_from(",;\t"), st.booleans())
def test_valid_rows_come_back_as_they_were(rows: list[tuple[str, ...]], delimiter: str, with_mark: bool) -> None:
    text = written(rows, ("name", "email", "time_zone", "source"), delimiter)
    content = text.encode("utf-8-sig" if with_mark else "utf-8")
    assert [(row.name, row.email, row.time_zone, row.source) for row in parse_candidates(content)] == rows


@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_arbitrary_bytes_raise_nothing_but_csv_errors(content: bytes) -> None:
    rows, problems = tried(content)
    assert bool(rows) != bool(problems)


@given(st.text(st.sampled_from('name,email\n\r"; \t\ufeff@.abé\x0b\x1c\u2028'), max_size=60))
def test_almost_csv_raises_nothing_but_csv_errors(tail: str) -> None:
    for text in (tail, "name,email\n" + tail, "name,email\nA,a@b.example\n" + tail):
        _, problems = tried(text.encode())
        assert all(problem.endswith((".", "?", ").")) for problem in problems)


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (b"", ["The file is empty."]),
        (b"\xef\xbb\xbf \n", ["The file is empty."]),
        (b"name,email\n", ["The file has column names but no candidates."]),
        (b"who,email\nA,a@b.example\n", ["Line 1: the column “name” is missing.", "Line 1: the column “who” is not"]),
        (b"name,email,name\nA,a@b.example,A\n", ["Line 1: a column stands there twice."]),
        (b"name,email\nA,a@b.example\nB\n", ["Line 3: 1 values for 2 columns."]),
        (b"name,email\nA,nonsense\n", ["Line 2: “nonsense” is not an e-mail address."]),
        (b"name,email\n,a@b.example\n", ["Line 2: the name is missing."]),
        (b"name,email,time zone\nA,a@b.example,Mars/Olympus\n", ["Line 2: “Mars/Olympus” is not a time zone"]),
        (b"name,email\nA,a@b.example\nB,A@B.example\n", ["Line 3: a@b.example stands on line 2 already."]),
        (b"name,email\nA,a@b.example\n\xff,b@b.example\n", ["Line 3: the file is not UTF-8."]),
        ("name,email\nA,a@b.example\n".encode("utf-16"), ["Line 1: the file is not UTF-8."]),
        (b'name,email\nA,a@b.example\n"B,b@b.example\n', ["Line 3: not CSV"]),
        (b"name,email\nA\0,a@b.example\n", ["This is not a text file."]),
        (b"name,email\n" + b"A" * 161 + b",a@b.example\n", ["Line 2: a value is too long."]),
        (b"x" * (MAX_BYTES + 1), ["The file is larger than 2 MB."]),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_line(content: bytes, problems: list[str]) -> None:
    with pytest.raises(CsvError) as caught:
        parse_candidates(content)
    assert len(caught.value.problems) == len(problems)
    for problem, begin in zip(caught.value.problems, problems, strict=True):
        assert problem.startswith(begin)


def test_the_first_faults_are_listed_and_the_rest_counted() -> None:
    content = "name,email\n" + "A,nonsense\n" * (MAX_PROBLEMS + 20)
    with pytest.raises(CsvError) as caught:
        parse_candidates(content.encode())
    assert len(caught.value.problems) == MAX_PROBLEMS + 1
    assert caught.value.problems[-1] == f"The first {MAX_PROBLEMS} faults are shown."


def test_more_rows_than_allowed_are_refused() -> None:
    rows = "".join(f"A,a{number}@b.example\n" for number in range(MAX_ROWS + 1))
    with pytest.raises(CsvError, match="more than 1000 candidates"):
        parse_candidates(f"name,email\n{rows}".encode())


@pytest.mark.parametrize(("level", "no_evidence"), [(0, False), (5, False), (3, True)])
def test_a_rating_is_a_level_or_no_evidence(level: int, no_evidence: bool) -> None:
    with pytest.raises(ValueError, match="level"):
        RatingEntry(level=level, no_evidence=no_evidence, evidence="")
