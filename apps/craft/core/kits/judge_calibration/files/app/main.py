"""The judge: says of two releases of the __desk__'s assistant which one answered a customer better.

A task is a pair of answers, or the counts of a release on which a report is due.
"""

from app import compare, decide, report
from harness import loop


def answer(task):
    """The fields of the answer to one task: next, current or tie for a pair; the share of people for a report."""
    if task["kind"] == "report":
        return report.of(task["labelled"], task["fresh"])
    leads = compare.leads(task)
    better = decide.better(leads)
    loop.note("decided", leads=[round(lead, 2) for lead in leads], better=better)
    return {"answer": better}


run = loop.each(answer)

if __name__ == "__main__":
    loop.main(run)
