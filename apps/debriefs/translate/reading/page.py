"""From the debrief's rows to the panel's reading. Ratings only through `visible_to` (`debrief_page`, `rows_of`)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from apps.accounts.models import User
from apps.debriefs.core.ratings.calibration import Calibration as Calibrated
from apps.debriefs.core.ratings.data import RatingRow
from apps.debriefs.core.ratings.reading import Bar, Reading, Surprise, bar_positions, read_panel, read_panels, surprises
from apps.debriefs.core.ratings.stability import variations
from apps.debriefs.core.verdicts import Zones
from apps.debriefs.translate.calibration import shift_in
from apps.debriefs.translate.matrix import DebriefPage
from apps.debriefs.translate.once import Once
from apps.debriefs.translate.ratings import calibration_in, current_calibration, current_row, rows_of
from apps.debriefs.translate.reading.lines import (
    CompetencyLine,
    Said,
    SurpriseLine,
    Together,
)
from apps.debriefs.translate.reading.plot import Canvas, Rated, canvas, plot
from apps.debriefs.translate.reading.settle import settling
from apps.debriefs.translate.reading.ways import ChangeLine, StabilityLine
from apps.debriefs.translate.reading.whole import PanelReading, PersonLine
from apps.interviews.models import Candidacy


def panel_reading(*, page: DebriefPage, user: Any, now: dt.datetime, once: Once | None = None) -> PanelReading | None:
    """The reading of the ratings on this page; None where there is nothing to read or no bar to read it against."""
    if not page.scorecards or not page.rows:
        return None
    once = once or Once()
    row = once.read("calibration", current_row)
    calibration = current_calibration() if row is None else calibration_in(row)
    bars = [Bar(one.competency.slug, one.requirement.bar, one.requirement.must_pass) for one in page.rows]
    rows = rows_of(page)
    found = surprises(calibration, rows)
    adjusted, before, *without = read_panels(
        calibration, bars, [rows, [], *([row for row in rows if not _is_of(one, row)] for one in found)]
    )
    unadjusted = read_panel(calibration.unadjusted(), bars, rows)
    names = {str(card.interviewer_id): card.interviewer.name for card in page.scorecards}
    on = _canvas(page, calibration)
    lines = _lines(page, on, calibration, (before, adjusted, unadjusted), found, user)
    competencies = {line.row.competency.slug: line.row.competency for line in lines}
    active = page.candidacy.state == Candidacy.State.ACTIVE
    return PanelReading(
        lines=lines,
        canvas=on,
        together=_together(adjusted, unadjusted, lines, _rest(calibration, bars, rows, adjusted)),
        stability=tuple(
            sorted(
                (
                    StabilityLine(
                        variation=one,
                        person=names[one.interviewer] if one.interviewer else "",
                        changes=tuple(ChangeLine(change, competencies[change.competency]) for change in one.changes),
                    )
                    for one in variations(calibration, bars, rows)
                ),
                key=lambda line: (not line.variation.outcome_changes, not line.changes),
            )
        ),
        surprises=_surprises(page, rows, found, names, adjusted, without),
        people=_people(page, calibration, user),
        others=sum(not _may_see_severity_of(person, user) for person in _panel(page)),
        settling=settling(
            page=page,
            calibration=calibration,
            reading=adjusted,
            competencies=competencies,
            user=user,
            today=now.date(),
            once=once,
        )
        if active
        else None,
        calibration=calibration,
        row=row,
        ratings=sum(one.level is not None for one in rows),
        informed=sum(column.is_informed for column in page.columns),
    )


def _canvas(page: DebriefPage, calibration: Calibrated) -> Canvas:
    return canvas(
        Zones(bar_positions(calibration)),
        has_gutter=any(one is not None and one.level is None for row in page.rows for one in row.ratings),
    )


def _lines(
    page: DebriefPage,
    on: Canvas,
    calibration: Calibrated,
    readings: tuple[Reading, Reading, Reading],
    found: Sequence[Surprise],
    user: Any,
) -> tuple[CompetencyLine, ...]:
    """Must-pass first, in each part the gaps first, then what is below the bar in any way, then what is least sure.

    `readings`: before anybody rated, with severity adjustment, without.
    """
    before, adjusted, unadjusted = readings
    initials = _initials(page)
    lines = []
    for row in page.rows:
        slug = row.competency.slug
        one, other = adjusted.of(slug), unadjusted.of(slug)
        rated = []
        for column, rating in zip(page.columns, row.ratings, strict=True):
            if rating is not None:
                person = column.card.interviewer
                told = not column.is_informed and _may_see_severity_of(person, user)
                shown = calibration.shown(str(person.pk)) if told else None
                rated.append(
                    Rated(
                        rating=rating,
                        name=person.name,
                        initials=initials[person.pk],
                        severity=None if shown is None else shown.severity,
                        is_informed=column.is_informed,
                    )
                )
        lines.append(
            CompetencyLine(
                row=row,
                adjusted=Said(one, on.zones),
                unadjusted=Said(other, on.zones),
                before=before.of(slug).meets,
                plot=plot(on, competency=row.competency, adjusted=one, unadjusted=other, rated=rated),
                apart=sum(surprise.competency == slug for surprise in found),
            )
        )
    return tuple(sorted(lines, key=_urgency))


def _urgency(line: CompetencyLine) -> tuple[bool, bool, bool, float]:
    return not line.must_pass, line.is_seen, not (line.mean_is_below or line.is_contested), line.adjusted.meets


def _is_of(one: Surprise, row: RatingRow) -> bool:
    return (one.interviewer, one.competency, one.station) == (row.interviewer, row.competency, row.station or None)


def _rest(
    calibration: Calibrated, bars: Sequence[Bar], rows: Sequence[RatingRow], reading: Reading
) -> tuple[float | None, float | None]:
    """The must-pass competencies somebody rated, together, where nobody rated another: with adjustment and without."""
    seen = [bar for bar in bars if bar.must_pass and reading.of(bar.competency).ratings]
    if not seen or all(reading.of(bar.competency).ratings for bar in bars if bar.must_pass):
        return None, None
    one, other = (read_panel(way, seen, rows) for way in (calibration, calibration.unadjusted()))
    return one.all_must_pass, other.all_must_pass


def _together(
    adjusted: Reading,
    unadjusted: Reading,
    lines: Sequence[CompetencyLine],
    rest: tuple[float | None, float | None],
) -> Together | None:
    if adjusted.all_must_pass is None or unadjusted.all_must_pass is None:
        return None
    must = [line for line in lines if line.must_pass]
    return Together(
        adjusted=adjusted.all_must_pass,
        unadjusted=unadjusted.all_must_pass,
        lines=tuple(sorted((line for line in must if line.has_bar), key=lambda line: line.adjusted.meets)),
        unseen=tuple(line for line in must if not line.is_seen),
        count=len(must),
        rest=rest[0],
        rest_unadjusted=rest[1],
    )


def _surprises(
    page: DebriefPage,
    rows: Sequence[RatingRow],
    found: Sequence[Surprise],
    names: dict[str, str],
    reading: Reading,
    without: Sequence[Reading],
) -> tuple[SurpriseLine, ...]:
    """With the rating each is about: by interviewer, competency and station there is one. `without`: the reading
    without each of them."""
    ratings = {
        (
            str(rating.scorecard.interviewer_id),
            rating.competency.slug,
            rating.scorecard.interview.plan_station.version.station.slug,
        ): rating
        for line in [*(row.ratings for row in page.rows), *(row.ratings for row in page.others)]
        for rating in line
        if rating is not None
    }
    given = [row for row in rows if row.level is not None]
    before = {one.competency: one.meets for one in reading.competencies}
    lines = []
    for one, other in zip(found, without, strict=True):
        rating = ratings.get((one.interviewer, one.competency, one.station or ""))
        if rating is None:
            continue
        after = {row.competency: row.meets for row in other.competencies if row.ratings}
        lines.append(
            SurpriseLine(
                surprise=one,
                competency=rating.competency,
                rating=rating,
                name=names[one.interviewer],
                others=tuple(
                    sorted(
                        row.level
                        for row in given
                        if row.competency == one.competency and row.level is not None and not _is_of(one, row)
                    )
                ),
                before=before.get(one.competency),
                after=after.get(one.competency),
                ratings=len(given),
            )
        )
    return tuple(lines)


def _may_see_severity_of(person: User, user: User) -> bool:
    """As on the calibration pages: one's own, and leaders everybody's."""
    return user.is_leader or person.pk == user.pk


def _panel(page: DebriefPage) -> list[User]:
    people = {card.interviewer_id: card.interviewer for card in page.scorecards}
    return sorted(people.values(), key=lambda person: (person.name.casefold(), person.pk))


def _people(page: DebriefPage, calibration: Calibrated, user: User) -> tuple[PersonLine, ...]:
    return tuple(
        PersonLine(person, calibration.interviewers.get(str(person.pk)), shift_in(calibration, str(person.pk)))
        for person in _panel(page)
        if _may_see_severity_of(person, user)
    )


def _initials(page: DebriefPage) -> dict[int, str]:
    """Of the first and the last word of each name; where two people share them, with a number."""
    found: dict[int, str] = {}
    for card in page.scorecards:
        words = card.interviewer.name.split() or ["?"]
        short = (words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]).upper()
        if card.interviewer_id not in found:
            taken = set(found.values())
            same = (short if n == 1 else f"{short}{n}" for n in range(1, len(taken) + 2))
            found[card.interviewer_id] = next(one for one in same if one not in taken)
    return found
