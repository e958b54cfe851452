"""The world of the judge: sheets of figures, pairs of answers about them, votes of three people, reports of releases.

Figures come first; answers are written from them, right, wrong or with a gap. People vote by the number of figures by
which one answer leads, and by the rules they were given (laws), so the best vote on every pair is known.
"""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from apps.craft.core.kit import World
from apps.craft.core.kits.judge_calibration.wording import (
    ASKED,
    ASKED_ANEW,
    FILLERS,
    MONTHS,
    OPENINGS,
    SAID,
    SAID_ANEW,
    SYLLABLES,
)

PEOPLE = ("reader_1", "reader_2", "reader_3")
# What a wrong figure weighs, against a right one; people were told in words (laws.toml).
WEIGHTS = {"harm": 2.0, "even": 1.0, "gap": 0.0}
# Beyond which lead, in figures, people call the next release better, and the current one.
LEADS = {"careful": (1.5, 0.5), "strict": (2.5, 0.5)}
WAVER = 0.36  # standard deviation of one person's impression of a lead, in figures
# How often a figure is right and how often wrong, in good and in poor answers of a release.
ODDS = {"current": [(0.80, 0.10), (0.52, 0.20), (0.25, 0.25)], "next": [(0.92, 0.04), (0.82, 0.10), (0.35, 0.25)]}
REPORT_EVERY = 31  # items for each report


def habits(laws: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What the laws fix for the models: which slot they prefer, and which style they take for their own."""
    slot = 0.5 if laws["slot"] == "first" else -0.5
    return {
        "every": {"slot": slot, "style": laws["style"], "noise": 0.40},
        "sim_small": {"reading": 0.97, "obedience": 0.88},
        "sim_large": {"slot": slot * 0.7, "reading": 0.995, "noise": 0.2},
    }


def world(
    seed: str, *, kind: str, number: int, surface: Mapping[str, Any], laws: Mapping[str, str], flaws: frozenset[str]
) -> World:
    """Sheets, pairs and reports. In a shifted world answers are longer, wordings new, and more pairs are close."""
    sheets = _sheets(random.Random(f"{seed}|sheets"), surface, laws)
    chance = random.Random(f"{seed}|{kind}")
    reports = number // REPORT_EVERY
    pairs: list[dict[str, Any]] = []
    for question in _questions(seed, sheets, kind, number - reports):
        pairs.append(_pair(chance, len(pairs), question, kind=kind, surface=surface, laws=laws))
    if "flipped_reader" in flaws:
        _flip(chance, pairs, laws)
    if "duplicates" in flaws:
        _duplicate(chance, pairs)
    items = [pair["item"] for pair in pairs]
    items += [_report(chance, f"{kind[0]}r{place:02}") for place in range(reports)]
    words = surface["words"]
    data = {name: {"periods": sheet["periods"], "figures": sheet["figures"]} for name, sheet in sheets.items()}
    return World({f"data/{words['sheets']}.json": json.dumps(data, indent=1) + "\n"}, items)


def _sheets(chance: random.Random, surface: Mapping[str, Any], laws: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Per thing two seasons, and for each season a figure of every attribute."""
    found: dict[str, dict[str, Any]] = {}
    while len(found) < 14:
        name = "".join(chance.sample(SYLLABLES, chance.choice([2, 3]))).capitalize()
        if name in found:
            continue
        first = chance.choice([3, 4, 5])
        last = first + chance.choice([4, 5])
        periods = {"high": [first, last], "low": [last + 1, first - 1]}
        figures = {period: [_figure(chance, row) for row in surface["attributes"]] for period in periods}
        for row in figures.values():
            chance.shuffle(row)
        found[name] = {"periods": periods, "figures": figures}
    return found


def _figure(chance: random.Random, row: Sequence[Any]) -> dict[str, Any]:
    name, unit, least, most, *_ = row
    amount: float = chance.randint(least, most)
    if amount >= 1000:
        amount += chance.choice([0.5, 0.25, 0.75, 0.9])
    return {"name": name, "amount": amount, "unit": unit}


def _questions(seed: str, sheets: Mapping[str, Any], kind: str, number: int) -> list[dict[str, Any]]:
    """Questions about a thing in a month, about some of its figures. Dev and same never share one; some come twice."""
    chance = random.Random(f"{seed}|questions")
    taken: set[tuple[Any, ...]] = set()
    found: list[dict[str, Any]] = []
    wanted = kind == "same"
    share = 0.2 if kind != "shifted" else 0.1
    own = random.Random(f"{seed}|{kind}|repeats")
    while len(found) < number:
        if found and own.random() < share:
            found.append({**own.choice(found), "again": True})
            continue
        while True:
            name = chance.choice(sorted(sheets))
            use = chance.randint(1, 12)
            asked = chance.randint(1, 12) if chance.random() < 0.7 else use
            names = [figure["name"] for figure in sheets[name]["figures"]["high"]]
            about = tuple(sorted(chance.sample(names, chance.choice([4, 5, 5, 6]))))
            side = chance.random() < 0.34
            if (name, use, asked, about) not in taken:
                taken.add((name, use, asked, about))
                if side == wanted:
                    break
        text = own.choice(ASKED_ANEW if kind == "shifted" else ASKED)
        text = text.format(e=name, m=MONTHS[use - 1], a=_joined(about))
        dates = {"use": use, "asked": asked}
        found.append({"name": name, **dates, "about": about, "text": text, "again": False, "sheet": sheets[name]})
    return found


def _season(periods: Mapping[str, Sequence[int]], month: int) -> str:
    """The season a month lies in: the high one, or the one that goes over the turn of the year."""
    first, last = periods["high"]
    return "high" if first <= month <= last else "low"


def _pair(
    chance: random.Random, place: int, question: Mapping[str, Any], *, kind: str, surface: Mapping[str, Any],
    laws: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    month = question["use"] if laws["tariff"] == "stay" else question["asked"]
    sheet = question["sheet"]
    period = _season(sheet["periods"], month)
    other = "low" if period == "high" else "high"
    truth = {row["name"]: row for row in sheet["figures"][period]}
    rest = {row["name"]: row for row in sheet["figures"][other]}
    about = list(question["about"])
    chance.shuffle(about)
    close = 0.35 if kind == "shifted" else 0.22
    states = {release: _states(chance, len(about), chance.choice(odds)) for release, odds in ODDS.items()}
    if chance.random() < close:
        states["next"] = chance.sample(states["current"], len(about))
    answers, styled = {}, {}
    for release in ("current", "next"):
        figures = [
            _stated(chance, truth[name], rest[name], state) for name, state in zip(about, states[release], strict=True)
        ]
        styled[release] = chance.random() < (0.7 if release == "next" else 0.2)
        padding = chance.choice([0, 1, 2] if release == "current" else [1, 3, 5]) + 3 * (kind == "shifted")
        answers[release] = _text(
            chance, [row for row in figures if row], padding=padding, style=laws["style"] if styled[release] else "",
            said=SAID_ANEW if kind == "shifted" else SAID, locale=surface["words"],
        )  # fmt: skip
    weight = WEIGHTS[laws["weights"]]
    worth = {release: states[release].count("right") - weight * states[release].count("wrong") for release in states}
    lead = worth["next"] - worth["current"]
    votes = {person: vote(lead + chance.gauss(0, WAVER), laws) for person in PEOPLE}
    longer = len(answers["next"]) / len(answers["current"])
    tags = ["season " + period]
    seasons = {_season(sheet["periods"], question[date]) for date in ("use", "asked")}
    tags += ["asked early"] if len(seasons) > 1 else []
    tags += ["much longer"] if longer > 1.8 or longer < 0.55 else []
    tags += ["one styled"] if styled["current"] != styled["next"] else []
    tags += ["large amounts"] if sum(truth[name]["amount"] >= 1000 for name in about) > 1 else []
    tags += ["asked again"] if question["again"] else []
    tags += ["split vote"] if len(set(votes.values())) > 1 else []
    words = surface["words"]
    return {
        "lead": lead,
        "item": {
            "id": f"{kind[0]}{place:03}",
            "input": {
                "kind": "pair",
                "question": question["text"],
                words["thing"]: question["name"],
                "asked_on": f"2026-{question['asked']:02}-{1 + place % 28:02}",
                words["use"]: f"2027-{question['use']:02}-{1 + (7 * place) % 28:02}",
                "answers": answers,
            },
            "target": votes,
            "tags": tags,
        },
    }  # fmt: skip


def _states(chance: random.Random, number: int, odds: tuple[float, float]) -> list[str]:
    right, wrong = odds
    drawn = [chance.random() for _ in range(number)]
    return ["right" if draw < right else "wrong" if draw < right + wrong else "gap" for draw in drawn]


def _stated(
    chance: random.Random, truth: Mapping[str, Any], rest: Mapping[str, Any], state: str
) -> Mapping[str, Any] | None:
    """A figure as an answer states it. A wrong one is the other season's, or simply wrong."""
    if state != "wrong":
        return truth if state == "right" else None
    amount = rest["amount"]
    while amount == truth["amount"] or (amount == rest["amount"] and chance.random() < 0.5):
        amount = truth["amount"] + chance.choice([-1, 1]) * max(
            1, int(truth["amount"] * chance.choice([0.1, 0.2, 0.35]))
        )
    return {**truth, "amount": amount}


def _text(
    chance: random.Random, figures: Sequence[Mapping[str, Any]], *, padding: int, style: str, said: list[str],
    locale: Mapping[str, str],
) -> str:  # fmt: skip
    lines = []
    for row in figures:
        value = f"{written(row['amount'], locale)} {row['unit']}"
        lines.append(chance.choice(said).format(a=row["name"], v=f"**{value}**" if style == "bold" else value))
    for filler in chance.sample(FILLERS, min(padding, len(FILLERS))):
        lines.insert(chance.randint(0, len(lines)), filler)
    if not lines:
        lines.append(chance.choice(FILLERS))
    if style == "list":
        return "\n".join(f"\u2022 {line}" for line in lines)
    if style == "bold" and not figures:
        lines[0] = f"**{lines[0]}**"
    text = " ".join(lines)
    return f"{chance.choice(OPENINGS)} {text}" if style == "opening" else text


def written(amount: float, locale: Mapping[str, str]) -> str:
    """An amount as this desk writes it: thousands parted, two decimals only where there are any."""
    text = f"{amount:,.2f}" if amount != int(amount) else f"{int(amount):,}"
    return text.replace(",", "\0").replace(".", locale["point"]).replace("\0", locale["thousands"])


def vote(lead: float, laws: Mapping[str, str]) -> str:
    """What a person says of a lead of the next release, by the rules people were given."""
    for_next, for_current = LEADS[laws["ties"]]
    return "next" if lead > for_next else "current" if lead < -for_current else "tie"


def _joined(names: Sequence[str]) -> str:
    return ", the ".join(names[:-1]) + " and the " + names[-1]


def _flip(chance: random.Random, pairs: Sequence[Mapping[str, Any]], laws: Mapping[str, str]) -> None:
    """One reader mistook the columns for a while: a block of pairs has next and current exchanged in that vote."""
    turned = {"next": "current", "current": "next", "tie": "tie"}
    begin = chance.randint(0, len(pairs) // 2)
    for pair in pairs[begin : begin + len(pairs) // 3]:
        votes = pair["item"]["target"]
        votes[PEOPLE[0]] = turned[votes[PEOPLE[0]]]


def _duplicate(chance: random.Random, pairs: list[dict[str, Any]]) -> None:
    """An eighth of the pairs is there twice, under another id; clear cases above all."""
    clear = [pair for pair in pairs if abs(pair["lead"]) > 2] or pairs
    chosen = chance.sample(clear, min(len(clear) // 2, len(pairs) // 8))
    spared = [pair for pair in pairs if not any(pair is other for other in chosen)]
    for target, source in zip(chance.sample(spared, len(chosen)), chosen, strict=True):
        target["item"] = {**source["item"], "id": target["item"]["id"]}


def _report(chance: random.Random, name: str) -> dict[str, Any]:
    """A release of the past: counts of a judge and of people, and the share that people turned out to prefer."""
    share = chance.uniform(0.25, 0.65)
    finds, spares = chance.uniform(0.78, 0.93), chance.uniform(0.66, 0.88)
    labelled, fresh = 300, 1000
    liked = sum(chance.random() < share for _ in range(labelled))
    found = sum(chance.random() < finds for _ in range(liked))
    crowned = sum(chance.random() > spares for _ in range(labelled - liked))
    said = sum(chance.random() < (finds if chance.random() < share else 1 - spares) for _ in range(fresh))
    counts = {
        "people_next": {"judge_next": found, "judge_other": liked - found},
        "people_other": {"judge_next": crowned, "judge_other": labelled - liked - crowned},
    }
    return {
        "id": name,
        "input": {"kind": "report", "labelled": counts, "fresh": {"judge_next": said, "judge_other": fresh - said}},
        "target": round(share, 4),
        "tags": ["report"],
    }
