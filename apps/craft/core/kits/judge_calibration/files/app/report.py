"""The report on a release: which share of fresh pairs goes to the next release, with an interval of 90 percent."""

from harness import loop


def of(labelled, fresh):
    """Counts in, shares out.

    `fresh` counts what the judge said of fresh pairs. `labelled` counts pairs that people judged too: by what people
    said (people_next, people_other) and, within that, by what the judge said. "other" is current or tie.
    """
    said = fresh["judge_next"]
    pairs = said + fresh["judge_other"]
    share = said / pairs
    half = 1.645 * (share * (1 - share) / pairs) ** 0.5
    loop.note("report", pairs=pairs, share=share, half=half)
    return {"answer": share, "low": share - half, "high": share + half}
