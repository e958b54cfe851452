"""A station: does what it claims fit into its minutes, and does everybody get told what they need?"""

import datetime as dt
import itertools
import re

from apps.library.core.documents import StationDocument
from apps.library.core.freshness import age_in_months, freshness
from apps.library.core.lint.facts import Code, LintWarning, Place
from apps.library.core.lint.rubric import ALIKE, differ_in_degree_only, similarity
from apps.library.core.lint.wording import lint_line

MOST_COMPETENCIES = 4  # for one interviewer, who listens, steers and writes at once; one more for each further one
HEART = 0.25  # the least reliability of what a station is for; below it a rating is a glimpse
MOST_HALF_LIFE_LLM = 12  # months, for stations about language models; their practice halves in about six
LATEST_END = 1 / 3  # of its minutes a session may go on after the guide's last step
LONGEST_STEP = 1 / 2  # of its minutes without a word of guidance

_AI = re.compile(r"\b(?:AI|LLMs?|language models?|Copilot|ChatGPT|Claude|Gemini)\b|\bassistants?\b")
_ARRANGEMENT = re.compile(
    r"accommodat|arrangement|adjustment|access need|extra time|more time|disabilit", re.IGNORECASE
)


def plausible_reliability(minutes: int) -> float:
    """The most that the reliabilities of one session may add up to: .45 for the heart, and .01 for each 0.9 minutes.

    A rule of thumb fitted to the shipped library (.75 in 30, .98 to 1.00 in 45 to 60 minutes stay below it), for one
    cannot watch three competencies closely in half an hour.
    """
    return round(0.55 + minutes / 90, 2)


def lint_station(document: StationDocument, *, today: dt.date) -> tuple[LintWarning, ...]:
    """What may be wrong with a station whose document is well formed."""
    return (*_measures(document), *_guide(document), *_questions(document), *_brief(document), *_looks(document),
            *_age(document, today))  # fmt: skip


def _measures(document: StationDocument) -> list[LintWarning]:
    found = []
    values = sorted(document.measures.values(), reverse=True)
    most = MOST_COMPETENCIES + document.interviewers - 1
    if not values:
        return [LintWarning(Code.NO_COMPETENCY)]
    if len(values) > most:
        found.append(LintWarning(Code.MANY_COMPETENCIES, number=len(values), limit=most))
    if values[0] < HEART:
        found.append(LintWarning(Code.NO_HEART, number=values[0], limit=HEART))
    total, limit = round(sum(values), 2), plausible_reliability(document.minutes)
    if total > limit:
        found.append(LintWarning(Code.RELIABILITY_SUM, number=total, limit=limit))
    return found


def _guide(document: StationDocument) -> list[LintWarning]:
    found = []
    times = [step.at for step in document.interviewer_guide]
    if times and document.minutes - times[-1] > document.minutes * LATEST_END:
        found.append(LintWarning(Code.GUIDE_ENDS_EARLY, number=times[-1], limit=document.minutes))
    for number, (at, next_at) in enumerate(itertools.pairwise(times), start=1):
        if next_at - at > document.minutes * LONGEST_STEP:
            found.append(
                LintWarning(Code.GUIDE_GAP, Place("guide", number), number=next_at - at, limit=document.minutes)
            )
    return found


def _questions(document: StationDocument) -> list[LintWarning]:
    found = []
    for number, question in enumerate(document.questions, start=1):
        if not question.probes:
            found.append(LintWarning(Code.NO_PROBES, Place("question", number), quote=question.ask))
        answers = {"weak": question.weak, "sound": question.sound, "exceptional": question.exceptional}
        for (one, first), (other, second) in itertools.combinations(answers.items(), 2):
            places = Place(one, number), Place(other, number)
            if differ_in_degree_only(first, second):
                found.append(LintWarning(Code.ONLY_DEGREE, *places, quote=question.ask))
            elif similarity(first, second) >= ALIKE:
                found.append(LintWarning(Code.SAME_LINES, *places, quote=question.ask))
    return found


def _brief(document: StationDocument) -> list[LintWarning]:
    found = []
    if not _AI.search(document.candidate_brief):
        found.append(LintWarning(Code.BRIEF_WITHOUT_AI))
    if not _ARRANGEMENT.search(document.candidate_brief):
        found.append(LintWarning(Code.BRIEF_WITHOUT_ACCOMMODATION))
    return found


def _looks(document: StationDocument) -> list[LintWarning]:
    """These lines describe rather than define, so that one without a verb ("Ten comments of equal weight") will do."""
    found: list[LintWarning] = []
    for part, lines in {"strong-look": document.strong_looks_like, "weak-look": document.weak_looks_like}.items():
        for number, line in enumerate(lines, start=1):
            found += [one for one in lint_line(line, Place(part, 0, number)) if one.code != Code.NO_VERB]
    return found


def _age(document: StationDocument, today: dt.date) -> list[LintWarning]:
    found = []
    age, half_life = age_in_months(document.reviewed_on, today), document.half_life_months
    if freshness(age, half_life) <= 0.5:
        found.append(LintWarning(Code.REVIEW_OVERDUE, number=round(age, 1), limit=half_life))
    if document.kind == "ai_craft" and half_life > MOST_HALF_LIFE_LLM:
        found.append(LintWarning(Code.LONG_HALF_LIFE, number=half_life, limit=MOST_HALF_LIFE_LLM))
    return found
