"""The station editor and the life of a station, by the pages a leader has."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.interviews.actions import start_candidacy
from apps.library import actions
from apps.library.core.documents import parse_library
from apps.library.models import Competency, Station, StationVersion
from tests.factories import CandidateFactory, CompetencyFactory, PlanFactory, RoleFactory, StationFactory
from tests.library.test_core import FILES
from tests.library.typed import Fields, fields, row_of, words

SignIn = Callable[[User], Client]
EDIT = "/stations/algorithm-puzzle/edit/"
NEW = "/stations/new/"

# Of the shipped library four stations; one of them is edited here, the others have names that are taken.
SHIPPED = parse_library(FILES)
FEW = {"algorithm-puzzle", "first-call-screen", "generic-system-design", "react-depth"}
SMALL = SHIPPED.model_copy(update={"stations": [one for one in SHIPPED.stations if one.slug in FEW], "roles": []})


@pytest.fixture
def puzzle(db: None) -> Station:
    actions.load_library(library=SMALL, by=None, now=timezone.now())
    return Station.objects.select_related("current").get(slug="algorithm-puzzle")


@pytest.fixture
def leader(cleo: User, sign_in: SignIn) -> Client:
    return sign_in(cleo)


def save(client: Client, sent: Fields, address: str = EDIT, do: str = "save", **changes: Any) -> Any:
    return client.post(address, {**sent, "do": do, **changes})


def newest(station: Station) -> StationVersion:
    version: StationVersion = station.versions.order_by("-number")[0]
    return version


def everything(station: Station) -> dict[str, Any]:
    """The station, its versions and measures as rows."""
    return {
        "station": Station.objects.filter(pk=station.pk).values().get(),
        "versions": list(station.versions.order_by("pk").values()),
        "measures": list(newest(station).measures.order_by("competency").values("competency", "reliability")),
    }


# ------------------------------------------------------------------------------------------------------- saving


@pytest.mark.parametrize("slug", ["fix-the-returns-desk", "ml-evaluation-design", "critique-a-prompt-program"])
def test_sending_a_station_back_as_it_stands_changes_nothing(slug: str, library: None, leader: Client) -> None:
    """Exhibits with their line breaks, prices and quotation marks come back as they went out."""
    station = Station.objects.get(slug=slug)
    before, lines = everything(station), AuditLine.objects.count()
    page = leader.get(f"/stations/{slug}/edit/")
    response = leader.post(f"/stations/{slug}/edit/", {**fields(page), "do": "save"}, follow=True)
    assert "Nothing differs from what is saved" in words(response)
    assert everything(station) == before
    assert AuditLine.objects.count() == lines


def test_other_contents_make_a_version_and_running_candidacies_keep_theirs(
    puzzle: Station, leader: Client, ada: User, cleo: User
) -> None:
    old = newest(puzzle)
    plan = PlanFactory(role=RoleFactory(requires=[old.measures.all()[0].competency]), stations=[puzzle])
    candidacy = start_candidacy(candidate=CandidateFactory(), role=plan.role, by=ada, now=timezone.now())
    response = leader.post(
        EDIT, {**fields(leader.get(EDIT)), "do": "save", "purpose": "A PURPOSE OF TODAY"}, follow=True
    )
    assert "Saved as version 2." in words(response)
    assert "A PURPOSE OF TODAY" in words(response)
    puzzle.refresh_from_db()
    assert (puzzle.current.number, puzzle.current.made_by, puzzle.origin) == (2, cleo, "here")
    assert list(old.measures.order_by("pk").values_list("competency", "reliability")) == list(
        puzzle.current.measures.order_by("pk").values_list("competency", "reliability")
    )
    assert candidacy.interviews.get().plan_station.version == old
    line = AuditLine.objects.latest("pk")
    assert (line.by, line.verb, line.after) == (cleo, "saved station", {"version": 2, "fields": ["purpose"]})


def test_other_settings_alone_make_no_version(puzzle: Station, leader: Client) -> None:
    response = leader.post(
        EDIT,
        {**fields(leader.get(EDIT)), "do": "save", "half_life_months": "48", "also_called": "LeetCode\r\n\r\nKata"},
        follow=True,
    )
    assert "there is no new version" in words(response)
    puzzle.refresh_from_db()
    assert (puzzle.half_life_months, puzzle.also_called, puzzle.current.number) == (48, ["LeetCode", "Kata"], 1)


def test_an_edit_moves_neither_the_review_date_nor_the_state(puzzle: Station, leader: Client) -> None:
    Station.objects.filter(pk=puzzle.pk).update(reviewed_on="2020-02-02")
    save(leader, fields(leader.get(EDIT)), minutes="50")
    puzzle.refresh_from_db()
    assert (str(puzzle.reviewed_on), puzzle.state, puzzle.current.minutes) == ("2020-02-02", "active", 50)


def test_rows_are_added_removed_and_put_in_order(puzzle: Station, leader: Client) -> None:
    sent = fields(leader.get(EDIT))
    blank = row_of(sent, "step", at="", do="")
    last = row_of(sent, "step", at="43")
    sent |= {f"{blank}-at": "1", f"{blank}-do": "Breathe.", f"{last}-remove": "on"}
    measure = row_of(sent, "measure", competency="communication-collaboration")
    sent |= {f"{measure}-competency": "ownership-judgement", f"{measure}-reliability": "0.30"}
    question = row_of(sent, "question", ask="")
    sent |= {
        f"{question}-ask": "And then?", f"{question}-probes": "Why?\r\nWhen?", f"{question}-weak": "w",
        f"{question}-sound": "s", f"{question}-exceptional": "e",
    }  # fmt: skip
    assert save(leader, sent).status_code == 302
    version = newest(puzzle)
    assert [step["at"] for step in version.interviewer_guide] == [0, 1, 3, 10, 18, 33, 38]
    assert version.questions[-1] == {
        "ask": "And then?", "probes": ["Why?", "When?"], "weak": "w", "sound": "s", "exceptional": "e",
    }  # fmt: skip
    assert {m.competency.slug: str(m.reliability) for m in version.measures.select_related("competency")} == {
        "algorithmic-problem-solving": "0.45", "ownership-judgement": "0.30",
    }  # fmt: skip


@pytest.mark.parametrize("prefix", ["measure", "step", "question"])
def test_more_rows_come_without_saving_and_without_losing_what_was_typed(
    prefix: str, puzzle: Station, leader: Client
) -> None:
    sent = fields(leader.get(EDIT))
    before = everything(puzzle)
    page = save(leader, sent, do=f"more-{prefix}", purpose="HALF TYPED")
    again = fields(page)
    assert int(again[f"{prefix}-TOTAL_FORMS"]) == int(sent[f"{prefix}-TOTAL_FORMS"]) + 2
    assert again["purpose"] == "HALF TYPED"
    assert "to put right" not in words(page)
    assert everything(puzzle) == before


# ------------------------------------------------------------------------------------------------------ preview


def test_a_preview_reads_like_the_page_and_saves_nothing(puzzle: Station, leader: Client) -> None:
    before, lines = everything(puzzle), AuditLine.objects.count()
    page = save(
        leader,
        fields(leader.get(EDIT)),
        do="preview",
        purpose="A PURPOSE OF TOMORROW",
        candidate_brief="You get a puzzle.\r\nIt is closed.",
        strong_looks_like="Strong communication skills\r\nWrites tests first",
    )
    text = words(page)
    assert "Nothing is saved yet." in text
    assert "You get a puzzle. It is closed." in text
    assert "3 warnings" in text
    assert "“Strong looks like”, line 1: names a quality of the person (“strong communication skills”)" in text
    assert "does not say whether an AI assistant may be used" in text
    assert "does not say how to ask for more time" in text
    assert fields(page)["purpose"] == "A PURPOSE OF TOMORROW"
    assert everything(puzzle) == before
    assert AuditLine.objects.count() == lines


# ---------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"purpose": "  "}, "Fill this in."),
        ({"name": "x" * 121}, "At most 120 characters."),
        ({"minutes": "5"}, "At least 10."),
        ({"minutes": "300"}, "At most 240."),
        ({"minutes": "soon"}, "Enter a whole number."),
        ({"minutes": ""}, "Fill this in."),
        ({"interviewers": "0"}, "At least 1."),
        ({"half_life_months": "0"}, "At least 1."),
        ({"kind": "dance"}, "Select a valid choice."),
        ({"kind": ""}, "Choose one."),
        ({"ai_policy": ""}, "Choose one."),
        ({"kit": "a-kit"}, "Only an AI craft station has a kit."),
        ({"kit": "Not A Kit", "kind": "ai_craft"}, "Small letters, digits and single hyphens"),
        ({"red_flags": "\r\n"}, "At least 1, there are 0."),
        ({"strong_looks_like": "One only"}, "At least 2, there are 1."),
        ({"also_called": "Fine\r\n" + "x" * 81}, "Line 2: At most 80 characters."),
        ({"also_called": "Kata\r\nsystem  DESIGN"}, "“system DESIGN” is a name of “System design from a blank page”"),
        ({"name": "Recruiter screen"}, "“Recruiter screen” is a name of “First call” already."),
        ({"candidate_brief": "zero \x00 byte"}, "Null characters are not allowed."),
        ({"could_mislead": "x" * 20_001}, "at most 20000 characters"),
        ({"step-1-at": "0"}, "no two steps have the same minute"),
        ({"step-0-at": "2"}, "The guide begins at minute 0"),
        ({"step-6-at": "45"}, "begins before the station ends"),
        ({"step-1-at": "-3"}, "At least 0."),
        ({"step-1-at": ""}, "Fill this in."),
        ({"step-1-do": ""}, "Fill this in."),
        ({"measure-0-reliability": "0.9"}, "At most 0.6."),
        ({"measure-0-reliability": ""}, "Fill this in."),
        ({"measure-0-reliability": "NaN"}, "Enter a number."),
        ({"measure-0-competency": ""}, "Choose a competency."),
        ({"measure-1-competency": "algorithmic-problem-solving"}, "stands in the table twice"),
        ({"measure-0-competency": "juggling"}, "Select a valid choice."),
        ({"measure-0-remove": "on", "measure-1-remove": "on"}, "At least 1, there are 0."),
        ({"question-0-probes": ""}, "At least 1, there are 0."),
        ({"question-0-sound": ""}, "Fill this in."),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_nothing_is_lost(
    changes: Fields, sentence: str, puzzle: Station, leader: Client
) -> None:
    before, sent = everything(puzzle), fields(leader.get(EDIT))
    page = save(leader, sent, format="TYPED IN VAIN", **changes)
    assert page.status_code == 200
    assert sentence in words(page)
    assert "nothing you typed is lost" in words(page)
    cannot_be_shown = {name for name, value in changes.items() if value in ("dance", "juggling") or "\x00" in value}
    kept = fields(page)
    for name, value in {**sent, "format": "TYPED IN VAIN", **changes}.items():
        if name in kept and name not in {"csrfmiddlewaretoken", *cannot_be_shown}:
            assert kept[name].strip() == value.strip(), name
    assert everything(puzzle) == before


def test_a_preview_of_what_cannot_be_used_says_so(puzzle: Station, leader: Client) -> None:
    page = save(leader, fields(leader.get(EDIT)), do="preview", purpose="")
    assert "Fill this in." in words(page)
    assert "Nothing is saved yet." not in words(page)


def test_a_form_without_its_tables_is_refused_in_words(puzzle: Station, leader: Client) -> None:
    before = everything(puzzle)
    for sent in ({}, {"do": "save"}, {"do": "save", "step-TOTAL_FORMS": "many"}, {"do": "more-step"}, {"do": "dance"}):
        assert leader.post(EDIT, sent).status_code == 200
    sent = {**fields(leader.get(EDIT)), "step-TOTAL_FORMS": "100000", "do": "save"}
    assert leader.post(EDIT, sent).status_code == 200
    assert everything(puzzle) == before


# ------------------------------------------------------------------------------------------------- two at a time


def test_of_two_people_the_second_hears_who_saved_and_loses_nothing(
    puzzle: Station, leader: Client, eli: User, sign_in: SignIn
) -> None:
    mine = fields(leader.get(EDIT))
    theirs = sign_in(eli)
    save(theirs, fields(theirs.get(EDIT)), purpose="THEIRS", minutes="50")
    page = save(leader, mine, purpose="MINE", format="MINE TOO")
    assert page.status_code == 409
    text = words(page)
    assert "Eli Administrator saved this station on" in text
    assert "version 2 as it is saved now" in text
    assert "Yours differs from it in: Format, Minutes with the candidate, Purpose." in text
    assert newest(puzzle).purpose == "THEIRS"
    kept = fields(page)
    assert (kept["purpose"], kept["format"]) == ("MINE", "MINE TOO")
    response = leader.post(EDIT, {**kept, "do": "save"}, follow=True)
    assert "Saved as version 3." in words(response)
    assert newest(puzzle).purpose == "MINE"


def test_settings_saved_meanwhile_are_noticed_too(puzzle: Station, leader: Client, eli: User, sign_in: SignIn) -> None:
    mine = fields(leader.get(EDIT))
    theirs = sign_in(eli)
    save(theirs, fields(theirs.get(EDIT)), half_life_months="12")
    assert save(leader, mine, purpose="MINE").status_code == 409
    puzzle.refresh_from_db()
    assert puzzle.half_life_months == 12


@pytest.mark.parametrize("revision", ["", "x", "-1", "7"])
def test_a_form_that_began_nowhere_overwrites_nothing(revision: str, puzzle: Station, leader: Client) -> None:
    before = everything(puzzle)
    page = save(leader, fields(leader.get(EDIT)), purpose="MINE", revision=revision)
    assert page.status_code in (200, 409)
    assert everything(puzzle) == before


# ---------------------------------------------------------------------------------------------------------- new


def test_a_copy_becomes_a_draft_of_its_own_that_no_loop_can_use(puzzle: Station, leader: Client, cleo: User) -> None:
    Station.objects.filter(pk=puzzle.pk).update(reviewed_on="2024-02-02")
    address = f"{NEW}?copy=algorithm-puzzle"
    sent = fields(leader.get(address))
    assert sent["name"] == "Algorithm puzzle (copy)"
    assert sent["also_called"] == ""
    response = leader.post(address, {**sent, "do": "save", "name": "Our puzzle"}, follow=True)
    assert "Saved as a draft." in words(response)
    assert response.request["PATH_INFO"] == "/stations/our-puzzle/"
    made = Station.objects.get(slug="our-puzzle")
    assert (made.state, made.origin, made.current.number, made.current.made_by) == ("draft", "here", 1, cleo)
    assert str(made.reviewed_on) == "2024-02-02"  # copying reviews nothing
    assert made not in Station.objects.usable()
    line = AuditLine.objects.latest("pk")
    assert (line.verb, line.after) == ("created station", {"copy of": "algorithm-puzzle"})


def test_a_station_written_from_nothing(library: None, leader: Client) -> None:
    sent = fields(leader.get(NEW))
    sent |= {
        "name": "A talk", "slug": "a-talk", "kind": "behavioural", "half_life_months": "36", "minutes": "45",
        "purpose": "p", "format": "f", "ai_policy": "encouraged", "ai_policy_reason": "r", "candidate_brief": "b",
        "strong_looks_like": "a\r\nb", "weak_looks_like": "a\r\nb", "green_flags": "g", "red_flags": "r",
        "could_mislead": "c", "measure-0-competency": "llm-craft", "measure-0-reliability": ".45",
        "step-0-at": "0", "step-0-do": "x", "step-1-at": "5", "step-1-do": "y", "step-2-at": "9", "step-2-do": "z",
    }  # fmt: skip
    for number in (0, 1):
        sent |= {f"question-{number}-{name}": name for name in ("ask", "probes", "weak", "sound", "exceptional")}
    assert leader.post(NEW, {**sent, "do": "save"}).headers["Location"] == "/stations/a-talk/"
    assert str(Station.objects.get(slug="a-talk").reviewed_on) == str(timezone.localdate())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "new"}, "belongs to another page of the library"),
        ({"name": "Review", "slug": ""}, "belongs to another page of the library"),
        ({"slug": "react-depth"}, "Another station has this address already."),
        ({"slug": "Two Words"}, "Small letters, digits and single hyphens"),
        ({"name": "面接", "slug": ""}, "Small letters, digits and single hyphens"),
        ({"name": "Algorithm puzzle"}, "“Algorithm puzzle” is a name of “Algorithm puzzle” already."),
    ],
)
def test_an_address_or_name_that_is_taken_is_refused(
    changes: Fields, sentence: str, puzzle: Station, leader: Client
) -> None:
    address, count = f"{NEW}?copy=algorithm-puzzle", Station.objects.count()
    page = leader.post(address, {**fields(leader.get(address)), "do": "save", **changes})
    assert sentence in words(page)
    assert Station.objects.count() == count


@pytest.mark.parametrize("slug", ["nowhere", "%00", "a%00b", "%ff", "a%20b"])
def test_copying_what_is_not_there_is_not_found(slug: str, library: None, leader: Client) -> None:
    assert leader.get(f"{NEW}?copy={slug}").status_code == 404


@pytest.mark.parametrize("prefix", ["measure", "step", "question"])
def test_more_rows_of_a_number_beyond_all_tables_are_refused_in_words(
    prefix: str, puzzle: Station, leader: Client
) -> None:
    sent = fields(leader.get(NEW))
    page = leader.post(NEW, {**sent, "do": f"more-{prefix}", f"{prefix}-TOTAL_FORMS": "9" * 5000, "purpose": "TYPED"})
    assert page.status_code == 200
    assert "ManagementForm" in words(page)
    assert fields(page)["purpose"] == "TYPED"


def test_an_address_taken_in_the_last_moment_is_refused_in_words(puzzle: Station, cleo: User) -> None:
    from apps.library.translate import to_document

    document = to_document(puzzle, newest(puzzle)).model_copy(update={"name": "Another", "also_called": []})
    with pytest.raises(ValidationError, match="Another station has this address already"):
        actions.create_station(document=document, by=cleo, now=timezone.now())


# --------------------------------------------------------------------------------------------------------- life


@pytest.fixture
def draft(db: None) -> Station:
    return StationFactory(slug="a-draft", state=Station.State.DRAFT, measures={CompetencyFactory(): "0.40"})


def move(client: Client, to: str, reason: str = "") -> str:
    return words(client.post("/stations/a-draft/state/", {"to": to, "reason": reason}, follow=True))


def test_a_station_goes_through_its_life_and_back(draft: Station, leader: Client, cleo: User) -> None:
    assert "The station is pilot now." in move(leader, "pilot")
    assert "The station is active now." in move(leader, "active")
    page = move(leader, "retired", "Everybody knows the answer.")
    assert "Retired. Everybody knows the answer." in page
    draft.refresh_from_db()
    assert (draft.state, draft.retired_reason) == ("retired", "Everybody knows the answer.")
    assert draft not in Station.objects.usable()
    assert "The station is pilot now." in move(leader, "pilot")
    draft.refresh_from_db()
    assert (draft.state, draft.retired_reason) == ("pilot", "")
    lines = AuditLine.objects.filter(object_type="library.Station").order_by("pk")
    assert [(line.by, line.verb) for line in lines] == [
        (cleo, f"moved station to {to}") for to in ("pilot", "active", "retired", "pilot")
    ]
    assert lines[2].after == {"state": "retired", "reason": "Everybody knows the answer."}


@pytest.mark.parametrize(
    ("state", "to"),
    [(a, b) for a in Station.State.values for b in [*Station.State.values, "gone", ""]
     if (a, b) not in {("draft", "pilot"), ("pilot", "active"), ("pilot", "retired"), ("active", "retired"),
                       ("retired", "pilot")}],
)  # fmt: skip
def test_no_other_step_is_taken(state: str, to: str, draft: Station, leader: Client) -> None:
    reason = "Because." if state == "retired" else ""
    Station.objects.filter(pk=draft.pk).update(state=state, retired_reason=reason)
    before = everything(draft)
    page = move(leader, to, "Because.")
    assert "cannot become" in page or "Choose what the station becomes." in page
    assert everything(draft) == before


def test_retiring_without_a_reason_is_refused(draft: Station, leader: Client) -> None:
    Station.objects.filter(pk=draft.pk).update(state="active")
    assert "Say why it is retired" in move(leader, "retired", "  ")
    draft.refresh_from_db()
    assert draft.state == "active"


def test_only_leaders_write(puzzle: Station, ben: User, ada: User) -> None:
    from apps.library.translate import to_document

    document, now = to_document(puzzle, newest(puzzle)), timezone.now()
    for person in (ben, ada):
        for verb in (
            lambda by: actions.create_station(document=document, by=by, now=now),
            lambda by: actions.save_station(
                station=puzzle, document=document, revision=puzzle.revision, by=by, now=now
            ),
            lambda by: actions.move_station(station=puzzle, to="retired", reason="r", by=by, now=now),
            lambda by: actions.review_station(station=puzzle, version=1, note="n", by=by, now=now),
        ):
            with pytest.raises(PermissionDenied):
                verb(person)


# -------------------------------------------------------------------------------------------------------- pages


def test_insiders_see_state_and_freshness_but_no_verbs(puzzle: Station, ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)
    listed, page = words(client.get("/stations/")), words(client.get("/stations/algorithm-puzzle/"))
    assert "fresh reviewed 22 Nov 2026, half-life 60 months" in listed
    assert "half-life 60 months" in page
    assert "Elsewhere called LeetCode, Algorithms" in page
    for verb in ("New station", "Record a review", "Why it is retired"):
        assert verb not in listed + page


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", 30), ("?state=active&kind=ai_craft", 7), ("?state=retired", 0), ("?state=x&kind=y", 30)],
)
def test_stations_are_listed_by_state_and_kind(query: str, shown: int, library: None, leader: Client) -> None:
    assert leader.get(f"/stations/{query}").content.decode().count('<th scope="row">') == shown


@pytest.mark.parametrize("address", ["/stations/", "/stations/review/", "/stations/one/", "/stations/one/edit/"])
def test_a_page_costs_the_same_for_one_and_for_three(address: str, leader: Client, eli: User) -> None:
    competency = CompetencyFactory()
    one = StationFactory(slug="one", measures={competency: "0.40"})

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert leader.get(address).status_code == 200
        return len(captured)

    def grow(number: int) -> None:
        another = CompetencyFactory(framework=competency.framework)
        StationFactory(slug=f"more-{number}", measures={competency: "0.40", another: "0.20"})
        one.current.measures.create(competency=another, reliability="0.20")
        actions.review_station(station=one, version=1, note=f"Note {number}.", by=eli, now=timezone.now())

    grow(0)
    first = cost()
    grow(1)
    grow(2)
    assert cost() == first


def test_a_competency_is_listed_with_stations_in_use(puzzle: Station, leader: Client, cleo: User) -> None:
    competency = Competency.objects.get(slug="algorithmic-problem-solving")
    assert "Algorithm puzzle" in words(leader.get(competency.get_absolute_url()))
    actions.move_station(station=puzzle, to="retired", reason="Old.", by=cleo, now=timezone.now())
    assert "Algorithm puzzle" not in words(leader.get(competency.get_absolute_url()))
