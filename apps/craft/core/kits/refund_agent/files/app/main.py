"""Works on complaints: every ticket as many times as the task says, each run from the start."""

from app import agent
from harness import loop


def answer(task):
    """The fields of the answer to one task: {"replies": [one text for each run]}."""
    ticket = f"customer: {task['customer']}\n\n{task['text']}"
    return {"replies": [agent.work(task["id"], ticket, number) for number in range(task["trials"])]}


run = loop.each(answer)

if __name__ == "__main__":
    loop.main(run)
