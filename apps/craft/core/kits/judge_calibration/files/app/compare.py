"""Asks the judge about a pair, and keeps what it said."""

from app import prompt, settings, sheets, verdict
from harness import client, loop

# The release that is shown as answer A, then the one shown as answer B.
# [[site: orders]]

MODEL, TEMPERATURE = settings.text("judge", "model"), settings.number("judge", "temperature")
RETRIES = settings.whole("judge", "retries")
STEP, UNSAID = settings.number("decide", "step"), settings.number("decide", "unsaid")
SEED = 1  # the same run, the same verdicts, at any temperature

SAID = {}  # what the judge said before, so that nothing is paid for twice
SHOWN = []  # verdicts of this run, the latest last


def leads(task):
    """By how much the next release leads, in figures: once for each order whose verdict could be read."""
    season, lines = sheets.reference(task)
    loop.note("sheet", season=season, lines=lines)
    found = []
    for order in ORDERS:
        read = verdict_on(task, lines, order)
        if read is not None:
            found.append(STEP * verdict.as_lead(*read, first=order[0]))
    return found


def verdict_on(task, lines, order):
    """One verdict: (letter, margin), or None where the judge would not say it in the form, asked again or not."""
    key = remembered_as(task, order)
    if key in SAID:
        loop.note("judged before", order=order, verdict=SAID[key])
        return SAID[key]
    read = None
    for again in range(RETRIES + 1):
        first, second = shown_in(task, order, again)
        said = asked(prompt.messages(task["question"], lines, first, second, SHOWN, again > 0))
        read = verdict.read(said, UNSAID)
        loop.note("verdict", order=order, again=again, said=said, read=read)
        if read is not None:
            SHOWN.append(f"VERDICT: {read[0]}, margin {read[1]:.0f}")
            break
    SAID[key] = read
    return read


def shown_in(task, order, again):
    """The two answers in the order in which the judge reads them."""
    # [[site: again_order]]
    return texts[0], texts[1]


def remembered_as(task, order):
    """Pairs with the same key get the same verdict."""
    # [[site: cache]]


def asked(messages):
    """What the judge says to one request; empty where the endpoint refuses it."""
    try:
        return client.said(client.chat(MODEL, messages, temperature=TEMPERATURE, seed=SEED))
    except client.ModelError as refused:
        loop.note("refused", status=refused.status, code=refused.code, message=refused.message)
        return ""
