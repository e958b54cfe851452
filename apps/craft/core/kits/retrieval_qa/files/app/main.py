"""The __desk__: answers a customer's question from the __page__."""

from app import passages, prompt, search, settings, tidy
from harness import client, loop

INDEX = search.Index()
ANSWERED = {}


def answer(task):
    """The fields of the answer to one task: {"answer": text}."""
    question = task["question"]
    key = remembered_as(question)
    if key in ANSWERED:
        loop.note("answered before", key=key, answer=ANSWERED[key])
        return {"answer": ANSWERED[key]}
    found = INDEX.search(question, settings.whole("prompt", "passages"))
    loop.note("found", passages=[f"{page['id']} {heading} | {text}" for page, heading, text in found])
    try:
        response = client.chat(
            settings.text("model", "model"),
            prompt.messages(search.in_our_words(question), found),
            temperature=settings.number("model", "temperature"),
        )
    except client.ModelError as refused:
        loop.note("model refused", status=refused.status, code=refused.code, message=refused.message)
        return {"answer": ""}
    said = client.said(response)
    loop.note("model said", text=said)
    ANSWERED[key] = tidy.value(said)
    return {"answer": ANSWERED[key]}


def remembered_as(question):
    """Many customers ask the same thing: questions with the same key get the same answer."""
    # [[site: cache]]


run = loop.each(answer)

if __name__ == "__main__":
    loop.main(run)
