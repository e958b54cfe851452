"""The world of the help desk: policy pages about many plans, in several editions, and customers' questions about them.

Facts come first, as (plan, attribute, value); texts are written from them, so every gold answer is exact.
"""

import json
import random
from collections.abc import Mapping
from typing import Any

from apps.craft.core.kit import World

SYLLABLES = "ba ke lo mi nu ra so ti va zo del mar fen gol hix jun pel qor ryn tus wex yal".split()  # noqa: SIM905
FAMILIES = [" Plus", " Pro", " Lite", " Basic"]
SAID = [
    "The {a} is {v}.",
    "Our {a} is {v}.",
    "We set the {a} at {v}.",
    "Here the {a} comes to {v}.",
    "For {e} the {a} is {v}.",
]
PADS = [
    "Contact the desk if anything is unclear.",
    "This page was reviewed by the operations team.",
    "Exceptions need written approval from a manager.",
    "Other regions should read the regional annex.",
    "The wording here replaces earlier informal guidance.",
    "Staff quote this page when they answer tickets.",
    "Requests by telephone are confirmed in writing.",
    "The desk keeps a copy of every confirmation.",
]
ASKED = [
    "What is the {a} for {e}?",
    "How much is the {a} under {e}?",
    "Please tell me the {a} of {e}?",
    "Which {a} do I have with {e}?",
]
ASKED_ANEW = [
    "I am with {e}, so what is my {a}?",
    "A friend has {e}: which {a} is that?",
    "Can you confirm the {a} we agreed for {e}?",
]
REFUSALS = {"phrase": "Not in our terms.", "code": "NO_POLICY", "ask": "May I ask a colleague."}
TODAY = "2026-11-23"
PLANS = 44
UNANSWERABLE = 0.2
OWN_WORDS = 0.25


def habits(laws: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What the laws fix for the models: where they read worst, and what becomes of a prompt beyond the window."""
    return {"every": {"attention": laws["attention"], "overflow": laws["overflow"]}}


def world(
    seed: str, *, kind: str, number: int, surface: Mapping[str, Any], laws: Mapping[str, str], flaws: frozenset[str]
) -> World:
    """Policy pages and questions. In a shifted world pages are longer, wordings new, and more has no answer."""
    chance = random.Random(seed)
    attributes = [tuple(row) for row in surface["attributes"]]
    plans = _plans(chance)
    facts: dict[tuple[str, str], str] = {}
    pages: list[dict[str, Any]] = []
    for plan in plans:
        about = chance.sample(attributes, 8)
        truth = {row[0]: _value(chance, row, laws) for row in about}
        facts |= {(plan, name): value for name, value in truth.items()}
        pages += _pages(chance, plan, truth, about, laws, surface, longer=kind == "shifted")
    chance.shuffle(pages)
    for place, page in enumerate(pages):
        page["id"] = f"p{place:03}"
    questions = _questions(chance, plans, facts, attributes)
    # The dev items and those of the same world are drawn from one order, from its two ends.
    chosen = questions[:number] if kind != "same" else questions[-number:]
    rewrite = random.Random(f"{seed}|{kind}")
    sectioned = {page["plan"] for page in pages if "sections" in page}
    items = [_item(rewrite, place, *row, kind=kind, laws=laws, sectioned=sectioned) for place, row in enumerate(chosen)]
    if "wrong_gold" in flaws:
        for item in rewrite.sample([i for i in items if i["target"] not in REFUSALS.values()], max(3, number // 25)):
            item["target"] = _value(rewrite, next(row for row in attributes if row[0] == item["about"][1]), laws)
    for item in items:
        del item["about"]
    if "duplicates" in flaws:
        easy = [item for item in items if "own words" not in item["tags"] and "no answer" not in item["tags"]]
        for place, item in enumerate(rewrite.sample(easy, number // 6)):
            items[-1 - place] = {**item, "id": items[-1 - place]["id"]}
    documents = "".join(json.dumps(page) + "\n" for page in pages)
    names = {row[4]: row[0] for row in attributes}
    lagging = chance.sample(sorted(names), 4)
    moved = dict(zip(lagging, [names[called] for called in lagging[1:] + lagging[:1]], strict=True))
    data = {
        "data/documents.jsonl": documents,
        "data/glossary.json": json.dumps({**names, **moved}, indent=1),
        "data/corrections.json": json.dumps({called: names[called] for called in lagging}, indent=1),
    }
    return World(data, items)


def _plans(chance: random.Random) -> list[str]:
    found: list[str] = []
    while len(found) < PLANS:
        name = "".join(chance.choice(SYLLABLES) for _ in range(chance.choice([2, 3]))).capitalize()
        if any(plan.split()[0] == name for plan in found):
            continue
        found += [name + suffix for suffix in chance.sample(FAMILIES, chance.choice([2, 3, 3, 4]))]
    return found[:PLANS]


def _value(chance: random.Random, attribute: tuple[Any, ...], laws: Mapping[str, str]) -> str:
    _, unit, least, most, _ = attribute
    number = f"{chance.randint(least, most):,}"
    return f"{number.replace(',', '.') if laws['numbers'] == 'point' else number} {unit}"


def _pages(
    chance: random.Random, plan: str, truth: Mapping[str, str], about: list[tuple[Any, ...]],
    laws: Mapping[str, str], surface: Mapping[str, Any], *, longer: bool,
) -> list[dict[str, Any]]:  # fmt: skip
    """The page that holds, and for most plans one or two that do not."""
    closed = chance.random() < 0.18
    title = f"{plan} {surface['words']['page']}" + (" (closed)" if closed else "")
    stale = 0 if chance.random() < 0.25 else chance.choice([1, 1, 2])
    number = chance.randint(3, 12)
    pages = []
    for age in range(stale + 1):
        holds = age == 0
        values = truth if holds else {row[0]: _value(chance, row, laws) for row in about}
        page = {
            "id": "", "title": title, "plan": plan,
            "status": chance.choice(["current", "superseded"]), "effective": _date(chance, 2023, 2026),
            "edition": chance.randint(1, 12),
        }  # fmt: skip
        if laws["precedence"] == "status":
            page["status"] = "current" if holds else "superseded"
        elif laws["precedence"] == "effective":
            later = age == 2 or (stale == 1 and age == 1 and chance.random() < 0.5)
            first, last = (2025, 2026) if holds else (2027, 2028) if later else (2021, 2024)
            page["effective"] = _date(chance, first, last)
        else:
            draft = age == 2 or (stale == 1 and age == 1 and chance.random() < 0.5)
            page["status"] = "draft" if draft else chance.choice(["current", "superseded"])
            before, after = chance.randint(1, number - 1), number + chance.randint(1, 3)
            page["edition"] = number if holds else after if draft else before
        sentences = []
        for name, value in values.items():
            sentences.append(chance.choice(SAID).format(a=name, v=value, e=plan))
            sentences += chance.sample(PADS, chance.choice([2, 3, 4] if longer else [0, 1, 2]))
        half = len(sentences) // 2
        if chance.random() < 0.3:
            page["summary"] = chance.choice(PADS)
            page["sections"] = [{"text": " ".join(sentences[:half])}, {"text": " ".join(sentences[half:])}]
        else:
            page["text"] = " ".join(sentences)
        pages.append(page)
    return pages


def _date(chance: random.Random, first: int, last: int) -> str:
    year = chance.randint(first, last)
    return f"{year}-{chance.randint(1, 10):02}-{chance.randint(1, 28):02}"


def _questions(
    chance: random.Random, plans: list[str], facts: Mapping[tuple[str, str], str], attributes: list[tuple[Any, ...]]
) -> list[tuple[str, str, str, str | None]]:
    """(plan, attribute, what customers call it, value or None), siblings of a family next to each other."""
    all_of_them = [(plan, row[0], row[4], facts.get((plan, row[0]))) for plan in plans for row in attributes]
    known = [question for question in all_of_them if question[3] is not None]
    absent = [question for question in all_of_them if question[3] is None]
    groups: dict[tuple[str, str], list[Any]] = {}
    for question in known:
        groups.setdefault((question[0].split()[0], question[1]), []).append(question)
    order = list(groups.values())
    chance.shuffle(order)
    chance.shuffle(absent)
    found: list[Any] = []
    for group in order:
        found += group
        found += [absent.pop() for _ in group if absent and chance.random() < UNANSWERABLE / (1 - UNANSWERABLE)]
    return found


def _item(
    chance: random.Random, place: int, plan: str, name: str, called: str, value: str | None, *,
    kind: str, laws: Mapping[str, str], sectioned: set[str],
) -> dict[str, Any]:  # fmt: skip
    own_words = chance.random() < (OWN_WORDS * 1.6 if kind == "shifted" else OWN_WORDS)
    asked = chance.choice(ASKED_ANEW if kind == "shifted" else ASKED)
    tags = ["no answer" if value is None else "has answer"]
    tags += ["own words"] if own_words else []
    tags += ["sectioned page"] if plan in sectioned else []
    tags += ["amount"] if value and any(mark in value for mark in ",.") else []
    return {
        "id": f"{kind[0]}{place:03}",
        "input": {"question": asked.format(a=called if own_words else name, e=plan)},
        "target": value if value is not None else REFUSALS[laws["refusal"]],
        "tags": tags,
        "about": (plan, name),
    }
