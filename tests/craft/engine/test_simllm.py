"""The simulated model says what the prompt holds, and errs in the ways its card tells."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import BadRequestError, NotFoundError, OpenAI, RateLimitError

from apps.craft.core.shipped.simllm import embeddings, limits
from apps.craft.core.shipped.simllm.chance import draw
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.shipped.simllm.persona import CARDS, Persona, changed, from_data, persona
from apps.craft.core.shipped.simllm.reader import blindness
from apps.craft.core.shipped.simllm.server import TcpServer, endpoint_of

REFUSE = 'If the passages do not answer the question, reply exactly "NO_POLICY".'
FILLER = "The desk keeps a copy of every confirmation. Requests by telephone are confirmed in writing."


def ask(model: Model, context: str, question: str, *, system: str = REFUSE, name: str = "sim-small") -> str:
    messages = [
        {"role": "system", "content": system},
        {"role": "user", "content": f"{context}\n\nQuestion: {question}"},
    ]
    reply = model.answer("/v1/chat/completions", {"model": name, "messages": messages})
    assert reply.status == 200, reply.body
    said: str = reply.body["choices"][0]["message"]["content"]
    return said


def plans(number: int) -> list[tuple[str, str, str]]:
    """(context line, question, value) of plans that are not related."""
    names = [f"Vel{chr(97 + n % 26)}{chr(97 + n // 26)}ko" for n in range(number)]
    return [
        (
            f"[{name} terms]\nThe return window is {n + 7} days.",
            f"What is the return window for {name}?",
            f"{n + 7} days",
        )
        for n, name in enumerate(names)
    ]


@pytest.mark.parametrize("name", list(CARDS))
def test_evidence_alone_is_read_almost_always(name: str) -> None:
    model = Model(persona("reading"))
    right = [ask(model, line, question, name=name) == value for line, question, value in plans(300)]
    assert sum(right) / len(right) >= 0.97


def test_it_knows_nothing_that_the_prompt_does_not_hold() -> None:
    model = Model(persona("nothing", every={"obedience": 1.0}))
    assert {ask(model, FILLER, question) for _, question, _ in plans(30)} == {"NO_POLICY"}
    guesses = [ask(model, FILLER, question, system="Answer.") for _, question, _ in plans(30)]
    assert all(guess.endswith("days") for guess in guesses)


def test_a_missing_answer_invites_a_near_miss_unless_told_to_refuse() -> None:
    model = Model(persona("miss", every={"obedience": 1.0, "depth": 0.0}))
    context = "[Velaa terms]\nThe claim deadline is 12 days."
    question = "What is the return window for Velaa?"
    assert ask(model, context, question, system="Answer.") == "12 days"
    assert ask(model, context, question) == "NO_POLICY"


def test_refusals_are_obeyed_as_often_as_the_card_says() -> None:
    model = Model(persona("obey", sim_small={"obedience": 0.8, "depth": 0.0}))
    obeyed = [ask(model, FILLER, question) == "NO_POLICY" for _, question, _ in plans(400)]
    assert sum(obeyed) / len(obeyed) == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("attention", ["middle", "start", "end"])
def test_a_long_prompt_is_read_worst_where_the_card_says(attention: str) -> None:
    model = Model(persona("where", every={"attention": attention, "depth": 0.9, "reading": 1.0}))
    blocks = [f"[Other page {n}]\n{FILLER}" for n in range(56)]
    found = {}
    for place, name in ((0, "start"), (28, "middle"), (56, "end")):
        right = 0
        for line, question, value in plans(60):
            context = "\n\n".join([*blocks[:place], line, *blocks[place:]])
            right += ask(model, context, question) == value
        found[name] = right / 60
    assert min(found, key=found.__getitem__) == attention
    assert found[attention] < 0.6 < max(found.values())


@given(st.sampled_from(["middle", "start", "end"]), st.integers(2, 200), st.data())
def test_blindness_is_a_share(attention: str, lines: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, lines - 1))
    assert 0 <= blindness(attention, place, lines) <= 1


def test_a_heading_counts_for_every_sentence_under_it() -> None:
    model = Model(persona("head", every={"depth": 0.0, "reading": 1.0}))
    context = "[Velaa terms]\nThe return window is 7 days.\n\n[Velbb terms]\nThe return window is 9 days."
    assert ask(model, context, "What is the return window for Velbb?") == "9 days"


@pytest.mark.parametrize(("overflow", "survives"), [("head", "end"), ("middle", "start")])
def test_beyond_the_window_a_part_is_lost_in_silence(overflow: str, survives: str) -> None:
    model = Model(persona("long", every={"overflow": overflow, "depth": 0.0, "reading": 1.0, "obedience": 1.0}))
    line, question, value = plans(1)[0]
    filler = "\n\n".join(f"[Page {n}]\n{FILLER}" for n in range(100))
    texts = {"start": f"{line}\n\n{filler}", "end": f"{filler}\n\n{line}"}
    assert ask(model, texts[survives], question) == value
    if overflow == "head":
        assert ask(model, texts["start"], question) == "NO_POLICY"


def test_beyond_the_window_an_error_names_both_numbers() -> None:
    model = Model(persona("long", every={"overflow": "error"}))
    messages = [{"role": "user", "content": "x" * 40_000}]
    reply = model.answer("/v1/chat/completions", {"model": "sim-small", "messages": messages})
    assert (reply.status, reply.body["error"]["code"]) == (400, "context_length_exceeded")
    assert "2048" in reply.body["error"]["message"]


@given(st.lists(st.sampled_from(plans(12)), min_size=1, max_size=6))
def test_the_same_prompt_gets_the_same_answer_whatever_came_before(order: list[tuple[str, str, str]]) -> None:
    alone = {question: ask(Model(persona("same")), line, question) for line, question, _ in order}
    model = Model(persona("same"))
    assert {question: ask(model, line, question) for line, question, _ in order} == alone


@given(st.lists(st.text()))
def test_a_draw_is_below_one_and_never_changes(parts: list[str]) -> None:
    assert 0 <= draw(*parts) < 1
    assert draw(*parts) == draw(*parts)


@given(st.text(max_size=40))
def test_a_persona_survives_being_written_down(seed: str) -> None:
    made = persona(seed, every={"attention": "end"}, sim_small={"window": 999})
    assert from_data(json.loads(json.dumps(made.as_data()))) == made
    assert made.models["sim-small"].window == 999


def test_a_what_if_changes_the_field_it_names() -> None:
    models = persona("x")
    assert changed(models, {"window": 0.5}).models["sim-small"].window == 1024
    for unknown in ("windows", "overflow"):
        with pytest.raises(KeyError):
            changed(models, {unknown: 2.0})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "invalid_body"),
        ({"model": "gpt", "messages": []}, 404, "model_not_found"),
        ({"model": "sim-small"}, 400, "invalid_messages"),
        ({"model": "sim-small", "messages": [{"role": 3}]}, 400, "invalid_messages"),
        ({"model": "sim-small", "messages": [{"role": "user", "content": 3}]}, 400, "invalid_messages"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(body: object, status: int, code: str) -> None:
    reply = Model(persona("bad")).answer("/v1/chat/completions", body)
    assert (reply.status, reply.body["error"]["code"]) == (status, code)


def test_embeddings_of_near_texts_are_near_within_one_model_only() -> None:
    def near(model: str, one: str, other_model: str, two: str) -> float:
        return sum(a * b for a, b in zip(embeddings.embed(model, one), embeddings.embed(other_model, two), strict=True))

    a = "sim-embed-a"
    same = near(a, "the return window of parcels", a, "return windows for a parcel")
    assert same > near(a, "the return window of parcels", a, "opening hours on holidays") + 0.2
    assert near(a, "return window", "sim-embed-b", "return window") < 0.6
    assert near(a, "return window", a, "return window") == pytest.approx(1)


class Full(limits.Gate):
    def refuses(self, *asked: object, **more: object) -> tuple[int, str, str, float, dict[str, str]]:
        return 429, "rate_limit_exceeded", "Too many requests.", 0.0, {"Retry_After": "0"}


@pytest.fixture
def endpoint() -> Iterator[TcpServer]:
    server = TcpServer(Model(persona("http", every={"depth": 0.0})))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(endpoint: TcpServer) -> Iterator[OpenAI]:
    with OpenAI(base_url=endpoint.url, api_key="any", max_retries=0) as client:
        yield client


def test_the_openai_client_talks_to_it_unchanged(client: OpenAI) -> None:
    line, question, value = plans(1)[0]
    done = client.chat.completions.create(
        model="sim-small", messages=[{"role": "user", "content": f"{line}\n\nQuestion: {question}"}]
    )
    assert done.choices[0].message.content == value
    assert done.usage is not None
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 0
    vector = client.embeddings.create(model="sim-embed-a", input=["return window"], encoding_format="float")
    assert vector.data[0].embedding == pytest.approx(list(embeddings.embed("sim-embed-a", "return window")))
    assert [model.id for model in client.models.list()] == list(CARDS)


def test_the_openai_client_understands_its_refusals(client: OpenAI) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "Hello?"}])
    with pytest.raises(BadRequestError, match="maximum context length"):
        client.chat.completions.create(model="sim-small", messages=[{"role": "user", "content": "x" * 99_999}])


def test_the_openai_client_gets_429_with_the_time_to_wait(client: OpenAI, endpoint: TcpServer) -> None:
    endpoint.endpoint = endpoint_of(Model(persona("full"), gate=Full()), None)
    with pytest.raises(RateLimitError) as refused:
        client.chat.completions.create(model="sim-small", messages=[{"role": "user", "content": "Hello?"}])
    assert refused.value.response.headers["retry-after"] == "0"


def test_the_large_model_reads_better_and_costs_more() -> None:
    small, large = CARDS["sim-small"], CARDS["sim-large"]
    assert large.window > small.window
    assert large.usd_in > 10 * small.usd_in
    assert (large.depth, -large.reading) < (small.depth, -small.reading)


def test_usage_is_counted_for_each_item() -> None:
    model = Model(Persona("u", {"sim-small": replace(CARDS["sim-small"], usd_in=1.0, usd_out=0.0)}))
    body = {"model": "sim-small", "messages": [{"role": "user", "content": "Where is it?"}]}
    for item in ("a", "a", "b"):
        model.answer("/v1/chat/completions", body, item=item)
    usage = model.usage()
    assert (usage["a"]["calls"], usage["b"]["calls"]) == (2, 1)
    assert usage["a"]["usd"] == pytest.approx(usage["a"]["prompt_tokens"] / 1e6)
