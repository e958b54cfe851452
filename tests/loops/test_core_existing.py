"""Loops from files: what is read, what is refused and in which words, and that nothing else ever comes out."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apps.library.models import Station
from apps.loops.core.existing import (
    KINDS,
    MAX_STATIONS,
    ExistingLoopError,
    Source,
    WhySkipped,
    parse,
    parse_csv,
    parse_greenhouse,
    parse_yaml,
    stations_of,
)
from apps.loops.models import LoopAudit

# After "GET: List Job Stages for Job" in the documentation of Greenhouse's Harvest API, developers.greenhouse.io (its
# source: github.com/grnhse/greenhouse-api-docs, source/includes/harvest/_job_stages.md): retyped, most questions left
# out, `active` and `priority` added as later versions of the API have them.
GREENHOUSE = [
    {
        "id": 72200,
        "name": "Face to Face",
        "created_at": "2015-11-22T05:31:37.263Z",
        "updated_at": "2015-11-22T05:31:37.263Z",
        "job_id": 146218,
        "active": True,
        "priority": 1,
        "interviews": [
            {
                "id": 6001,
                "name": "Cultural Fit Interview",
                "schedulable": True,
                "estimated_minutes": 30,
                "default_interviewer_users": [{"id": 821, "name": "Robert Robertson", "employee_id": "100377"}],
                "interview_kit": {
                    "id": 9128,
                    "content": "<h5>Purpose</h5>",
                    "questions": [{"id": 11052, "question": "?"}],
                },
            },
            {
                "id": 6002,
                "name": "Executive Interview",
                "schedulable": True,
                "created_at": "2015-11-22T05:31:37.263Z",
                "job_id": 146219,
                "estimated_minutes": 60,
                "default_interviewer_users": [{"id": 4080, "name": "Kate Austen"}, {"id": 4081, "name": "Jack"}],
                "interview_kit": {"id": 9129, "content": "", "questions": []},
            },
        ],
    },
    {"id": 72199, "name": "Offer", "job_id": 146220, "active": True, "priority": 2, "interviews": []},
    {
        "id": 72194,
        "name": "Application Review",
        "job_id": 146221,
        "active": True,
        "priority": 0,
        "interviews": [
            {
                "id": 8004,
                "name": "Application Review",
                "schedulable": False,
                "interview_kit": {"id": 9130, "content": None, "questions": []},
            }
        ],
    },
]


def problems(name: str, content: bytes | str) -> list[str]:
    with pytest.raises(ExistingLoopError) as refused:
        parse(name, content.encode() if isinstance(content, str) else content)
    return refused.value.problems


def test_kinds_and_sources_are_those_of_the_models():
    assert list(KINDS) == list(Station.Kind.values)
    assert [source.value for source in Source] == list(LoopAudit.Source.values)


def test_csv_gives_stations_in_order_with_what_the_file_says():
    loop = parse_csv(
        "Name;Minutes;interviewers;station;kind;measures;reviewed-on;note\n"
        'LeetCode;45;;algorithm-puzzle;;;;"Two problems; one board"\n'
        "\n"
        'Prompt lab;;2;;ai_craft;"llm-craft=0.40; product-engineering=.2";2025-11-22;\n',
        "ours",
    )
    first, second = loop.stations
    assert loop.name == "ours"
    assert (first.name, first.minutes, first.interviewers, first.station) == ("LeetCode", 45, None, "algorithm-puzzle")
    assert first.note == "Two problems; one board"
    assert (second.minutes, second.interviewers, second.kind) == (None, 2, "ai_craft")
    assert second.measures == {"llm-craft": 0.40, "product-engineering": 0.2}
    assert str(second.reviewed_on) == "2025-11-22"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_spreadsheets_write_it(mark: str, end: str, delimiter: str):
    text = mark + end.join([delimiter.join(["name", "minutes"]), delimiter.join(['"A ""b"""', "30"])])
    loop, source = parse("loop.csv", text.encode())
    assert source is Source.CSV
    assert [(station.name, station.minutes) for station in loop.stations] == [('A "b"', 30)]
    assert parse("loop.csv", text.encode("utf-16"))[0] == loop


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["", "loop.csv"])
def test_a_table_without_column_names_has_name_minutes_interviewers(name: str, delimiter: str):
    text = "Intro: who we are,30\nLeetCode,60,2,\nLunch\n".replace(",", delimiter)
    loop, source = parse(name, text.encode())
    assert source is Source.CSV
    assert [(station.name, station.minutes, station.interviewers) for station in loop.stations] == [
        ("Intro: who we are", 30, None), ("LeetCode", 60, 2), ("Lunch", None, None)
    ]  # fmt: skip
    assert problems(name, "Recruiter call,30\nLeetCode,60,1,puzzle\n".replace(",", delimiter)) == [
        "Line 2: 4 values. Without column names in the first line there are at most 3: name, minutes, interviewers."
    ]
    assert problems(name, "Call,30\nPuzzle,soon\n".replace(",", delimiter)) == [
        "Line 2: minutes must be a whole number, not “soon”."
    ]


def test_a_column_of_stations_without_names_is_the_name():
    loop, source = parse("", b"station,minutes\nRecruiter call,30\n")
    assert (source, loop.stations[0].name, loop.stations[0].station) == (Source.CSV, "Recruiter call", None)


def test_yaml_takes_a_mapping_or_the_bare_list():
    loop = parse_yaml("name: Ours\nstations:\n- {name: Talk, minutes: 30}\n- name: 2014\n  minutes: ~\n")
    assert loop.name == "Ours"
    assert [(station.name, station.minutes) for station in loop.stations] == [("Talk", 30), ("2014", None)]
    assert parse_yaml("- name: Talk\n  minutes: 30\n").stations == loop.stations[:1]


def test_greenhouse_stages_give_their_schedulable_interviews():
    loop = parse_greenhouse(json.dumps(GREENHOUSE), "job")
    assert [(station.name, station.minutes, station.interviewers, station.note) for station in loop.stations] == [
        ("Cultural Fit Interview", 30, 1, "Face to Face"),
        ("Executive Interview", 60, 2, "Face to Face"),
    ]
    assert [(one.name, one.why) for one in loop.skipped] == [
        ("Application Review", WhySkipped.NOT_SCHEDULABLE),
        ("Offer", WhySkipped.NO_INTERVIEWS),
    ]


def test_greenhouse_takes_one_stage_and_says_which_are_inactive():
    stage = GREENHOUSE[0]
    assert len(parse_greenhouse(json.dumps(stage)).stations) == 2
    off = {**stage, "name": "Old day", "active": False}
    loop = parse_greenhouse(json.dumps([off, stage]))
    assert [(one.name, one.why) for one in loop.skipped] == [("Old day", WhySkipped.INACTIVE)]
    assert problems("a.json", json.dumps([off])) == ["No stage is active and has an interview that can be scheduled."]


def test_greenhouse_minds_no_field_it_does_not_know():
    stage = {**GREENHOUSE[0], "new": {"deep": [1]}, "priority": None}
    interview = {"name": "Talk", "estimated_minutes": None, "default_interviewer_users": None, "later": 1}
    loop = parse_greenhouse(json.dumps([{**stage, "interviews": [interview]}]))
    assert (loop.stations[0].minutes, loop.stations[0].interviewers) == (None, None)


@pytest.mark.parametrize(
    ("name", "text", "source"),
    [
        ("", "name,minutes\nTalk,30\n", Source.CSV),
        ("", "name\nTalk\n", Source.CSV),
        ("", "- name: Talk\n", Source.YAML),
        ("", "name: Ours\nstations: [{name: Talk}]\n", Source.YAML),
        ("", json.dumps(GREENHOUSE), Source.GREENHOUSE),
        ("", json.dumps({"stations": [{"name": "Talk"}]}), Source.YAML),
        ("a.json", json.dumps([{"name": "Talk", "minutes": 30}]), Source.YAML),
        ("a.JSON", json.dumps(GREENHOUSE), Source.GREENHOUSE),
        ("a.txt", "name,minutes\nTalk,30\n", Source.CSV),
        ("a.yml", "- {name: 'Talk'}\n", Source.YAML),
    ],
)
def test_the_format_comes_from_the_name_or_from_the_first_signs(name: str, text: str, source: Source):
    assert parse(name, text.encode())[1] is source


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "minutes\n30\n", "Line 1: the column “name” is missing."),
        ("a.csv", "name,cost\nTalk,3\n", "Line 1: the column “cost” is not known; known are name, minutes"),
        ("a.csv", "name,name\nTalk,3\n", "Line 1: a column stands there twice."),
        ("a.csv", "name,minutes\n\nTalk,soon\n", "Line 3: minutes must be a whole number, not “soon”."),
        ("a.csv", "\n\nname,minutes\nTalk,9999\n", "Line 4: minutes must be at most 480, not “9999”."),
        ("a.csv", "name,minutes\nTalk,30,1\n", "Line 2: 3 values for 2 columns."),
        ("a.csv", 'name,minutes\n"Talk,30\n', "Line 2: not CSV (unexpected end of data). Is a quotation mark"),
        ("a.csv", "name,kind\nTalk,puzle\n", "Line 2: kind must be one of ai_craft, screen"),
        ("a.csv", "name,measures\nTalk,llm-craft\n", "Line 2: “llm-craft” in measures should look like llm-craft=0.40"),
        ("a.csv", "name,measures\nTalk,llm-craft=2\n", "Line 2: measures must lie between 0 and 1, not “2”."),
        ("a.csv", "name\n", "There are no stations in it."),
        ("a.csv", "name,minutes\n ,30\n", "Line 2: name must not be empty"),
        ("a.yaml", "stations: []\n", "The loop has no station."),
        ("a.yaml", "- {name: A, cost: 3}\n", "Station 1: “cost” is not known; known are name, minutes"),
        ("a.yaml", "- {minutes: 3}\n", "Station 1: name is missing."),
        ("a.yaml", "- {name: A, reviewed_on: soon}\n", "Station 1: reviewed_on must be a date like 2026-11-22"),
        ("a.yaml", "- {name: A, station: First Call}\n", "Station 1: station must be a name in the library's form"),
        ("a.yaml", f"- name: {'x' * 201}\n", "Station 1: name is longer than 200 characters."),
        ("a.yaml", "- {name: A\n- b", "Line 2: not YAML"),
        ("a.yaml", "just words", "A loop is a list of stations, each with its name; there is no list here."),
        ("a.json", "[1, 2", "Line 1: not JSON"),
        ("a.json", "[1]", "This JSON is no list of job stages with their interviews."),
        ("a.json", '[{"name": "A", "interviews": 3}]', "Stage 1: interviews must be a list."),
        ("a.json", '[{"interviews": []}]', "Stage 1: name is missing."),
        ("a.json", "9" * 5000, "A number in this JSON is too long."),
        ("", "", "There is nothing in it."),
        ("", " \n\n", "There is nothing in it."),
        ("a.csv", b"name\n\xff\xfe\n", "Line 2: this is not UTF-8. Save it again as UTF-8."),
        ("a.xlsx", b"PK\x03\x04\x00\x00", "This is not text. Save the loop as CSV, YAML or JSON first."),
        ("a.csv", b"x" * 200_001, "This is larger than 200 kB. A loop is a short list."),
    ],
)  # fmt: skip
def test_a_fault_is_one_sentence_with_its_place(name: str, content: bytes | str, said: str):
    found = problems(name, content)
    assert any(problem.startswith(said) for problem in found), found


def test_every_fault_is_listed_up_to_thirty():
    found = problems("a.csv", "name,minutes\n" + "Talk,x\n" * 35)
    assert len(found) == 31
    assert found[-1] == "The first 30 of 35 faults are shown."


def test_a_loop_has_at_most_forty_stations():
    assert len(parse_csv("name\n" + "Talk\n" * MAX_STATIONS).stations) == MAX_STATIONS
    assert problems("a.csv", "name\n" + "Talk\n" * (MAX_STATIONS + 1)) == [
        "A loop has at most 40 stations here; this one has more."
    ]


def test_yaml_that_grows_or_makes_things_is_refused():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nstations: *b\n"
    assert problems("a.yaml", bomb) == ["Line 2: references (*name) are not allowed here. Write it out."]
    assert problems("a.yaml", "- {name: !!python/object/apply:os.getcwd []}\n") == ["Station 1: name must be a text."]


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "[" * 100_000), ("a.yaml", "[" * 50_000), ("a.yaml", "- " * 50_000)]
)
def test_lists_too_deep_are_refused(name: str, text: str):
    assert problems(name, text)


def test_a_name_keeps_no_sign_that_misleads_or_cannot_be_stored():
    station = stations_of([{"name": " A\x07\u202eb\n c "}])[0]
    assert station.name == "A b c"
    with pytest.raises(ExistingLoopError):
        parse_greenhouse('[{"name": "\\ud800", "interviews": []}]')


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "stations", "minutes", "interviews", "measures", "schedulable", "station"])
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
names = st.sampled_from(["", "a.csv", "a.yaml", "a.json", "a.tsv", "b", "\0/..\\x.csv", "a.xlsx"]) | st.text(
    max_size=12
)


def read(name: str, content: bytes) -> None:
    """Either a loop that can be stored or the one error, with its sentences."""
    try:
        loop, _ = parse(name, content)
    except ExistingLoopError as error:
        said = error.problems
    else:
        stored = json.dumps(loop.model_dump(mode="json"), allow_nan=False)
        assert "\\u0000" not in stored
        assert stations_of(json.loads(stored)["stations"]) == loop.stations
        return
    assert said
    assert all(problem.endswith((".", "?")) for problem in said), said


@given(names, st.binary(max_size=300))
def test_any_bytes_give_a_loop_or_the_one_error(name: str, content: bytes):
    read(name, content)


@given(names, st.text(max_size=300))
def test_any_text_gives_a_loop_or_the_one_error(name: str, text: str):
    read(name, text.encode("utf-8", "surrogatepass"))


@given(names, values)
def test_any_json_gives_a_loop_or_the_one_error(name: str, value: object):
    read(name, json.dumps(value).encode())
    read(name, json.dumps([value]).encode())
    read(name, json.dumps({"stations": value, "name": "x"}).encode())
    read(name, json.dumps([{"name": "x", "interviews": value}]).encode())


@given(names, values)
def test_any_yaml_gives_a_loop_or_the_one_error(name: str, value: object):
    try:
        text = yaml.safe_dump(value, allow_unicode=True)
    except UnicodeEncodeError:
        return
    read(name, text.encode("utf-8", "replace"))


@given(st.text(alphabet="name,;\t\"'\n:-{}[]&*!|> #01", max_size=120))
def test_any_punctuation_gives_a_loop_or_the_one_error(text: str):
    for name in ("a.csv", "a.yaml", "a.json", ""):
        read(name, text.encode())
