"""The model behind the endpoint: takes and gives what the OpenAI interface words, and counts."""

import json
from dataclasses import dataclass, field

from . import embeddings, judge, limits, reader, reasoning, tools
from .persona import Card, Persona
from .words import count_tokens

CALL_FRAME = 80  # characters of a tool call besides its number, name and arguments


@dataclass(frozen=True)
class Reply:
    status: int
    body: "dict"
    headers: "dict[str, str]" = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One line of the log, for usage and for traces."""

    item: str
    model: str
    status: int
    prompt_tokens: int
    completion_tokens: int
    usd: float
    started: float  # seconds; simulated where the caller says so
    seconds: float  # until the answer was there
    request: "dict"
    answer: "dict"
    said: str = ""  # the text of the answer, where it has one


def error(status: int, code: str, message: str, **headers: str) -> Reply:
    kind = "rate_limit_error" if status == 429 else "server_error" if status >= 500 else "invalid_request_error"
    body = {"error": {"message": message, "type": kind, "code": code, "param": None}}
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


class Model:
    """All models of one endpoint, with one log. Not for use from several threads at once (the server takes turns)."""

    def __init__(self, persona: Persona, *, gate: "limits.Gate | None" = None, keep: bool = True) -> None:
        self.persona = persona
        self.gate = gate
        self.keep = keep  # the texts in the log, for traces
        self.log: list[Call] = []

    def answer(self, path: str, body: object, *, item: str = "", at: float = 0.0) -> Reply:
        """Answer one request. `at` is the simulated time of the call in seconds, for models with limits."""
        if path == "/v1/models":
            return Reply(200, {"object": "list", "data": [{"id": m, "object": "model"} for m in self.persona.models]})
        if not isinstance(body, dict):
            return error(400, "invalid_body", "The body must be a JSON object.")
        name = body.get("model")
        if path == "/v1/embeddings":
            return embedded(body)
        if path != "/v1/chat/completions":
            return error(404, "unknown_url", f"There is no {path} here.")
        if not isinstance(name, str) or name not in self.persona.models:
            known = ", ".join(self.persona.models)
            return error(404, "model_not_found", f"The model {name!r} does not exist. There are: {known}.")
        try:
            messages = checked(body.get("messages"))
        except ValueError as fault:
            return error(400, "invalid_messages", str(fault))
        return self._chat(name, self.persona.models[name], messages, body, item=item, at=at)

    def usage(self) -> "dict[str, dict]":
        """Per item: calls, tokens, dollars, refused calls (429 and 5xx).

        Behind a gate also when the first call began, when the last one ended, and per text that was answered when the
        first such call began and ended ("finished"), in simulated seconds.
        """
        found: dict[str, dict] = {}
        for call in self.log:
            sums = found.setdefault(
                call.item, {"calls": 0, "prompt_tokens": 0, "completion_tokens": 0, "usd": 0.0, "refused": 0}
            )
            sums["calls"] += 1
            sums["prompt_tokens"] += call.prompt_tokens
            sums["completion_tokens"] += call.completion_tokens
            sums["usd"] += call.usd
            sums["refused"] += call.status in (429, 503, 504)
            if self.gate is not None:
                note_times(sums, call)
        return found

    def _chat(self, name: str, card: Card, messages: "list[dict]", body: "dict", *, item: str, at: float) -> Reply:
        asked = sum(map(tokens_of, messages))
        asked += count_tokens(tools.as_text(body["tools"])) if body.get("tools") else 0
        if self.gate is not None:
            at = self.gate.moment(at)
            refused = self.gate.refuses(name, asked, at, card=card, body=body)
            if refused is not None:
                status, code, message, seconds, headers = refused
                reply = error(status, code, message, **headers)
                self._note(item, name, reply, 0, 0, card, at, seconds, body)
                return Reply(reply.status, reply.body, {**reply.headers, "X-Sim-Latency": f"{seconds:.6f}"})
        if asked > card.window:
            if card.overflow == "error":
                text = f"This model's maximum context length is {card.window} tokens; your messages have {asked}."
                reply = error(400, "context_length_exceeded", text)
                self._note(item, name, reply, 0, 0, card, at, 0.0, body)
                return reply
            messages, asked = shortened(messages, card), card.window
        seed = self.persona.seed
        if body.get("temperature"):  # resampling is resampling; at temperature 0 the same prompt gets the same answer
            seed = f"{seed}|{body.get('seed', len(self.log))}"
        said = self._say(name, card, messages, body, seed)
        told = tokens_of(said)
        payload = {
            "id": f"chatcmpl-{len(self.log) + 1:012d}",
            "object": "chat.completion",
            "created": 0,
            "model": name,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": None, **said},
                    "finish_reason": "tool_calls" if said.get("tool_calls") else "stop",
                    "logprobs": None,
                }
            ],
            "usage": {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told},
        }
        seconds = self.gate.latency(name, card, at, item=item) if self.gate is not None else 0.0
        reply = Reply(200, payload, {"X-Sim-Latency": f"{seconds:.6f}"} if self.gate is not None else {})
        self._note(item, name, reply, asked, told, card, at, seconds, body)
        return reply

    def _say(self, name: str, card: Card, messages: "list[dict]", body: "dict", seed: str) -> "dict":
        if body.get("tools"):
            return tools.act(card, name, messages, body["tools"], seed=seed)
        system = "\n".join(text_of(m) for m in messages if m["role"] in ("system", "developer"))
        user = "\n".join(text_of(m) for m in messages if m["role"] not in ("system", "developer"))
        if self.gate is not None:
            return {"content": reasoning.read(card, name, system, user, seed=seed)}
        if judge.is_asked_to(system, user):
            return {"content": judge.verdict(card, name, system, user, seed=seed)}
        return {"content": reader.answer(card, name, system, user, seed=seed)}

    def _note(
        self, item: str, name: str, reply: Reply, asked: int, told: int, card: Card, at: float, seconds: float,
        body: "dict",
    ) -> None:  # fmt: skip
        usd = (asked * card.usd_in + told * card.usd_out) / 1e6
        kept = (body, reply.body) if self.keep else ({}, {})
        said = reply.body["choices"][0]["message"]["content"] if reply.status == 200 else ""
        self.log.append(Call(item, name, reply.status, asked, told, usd, at, seconds, *kept, (said or "").strip()))


def note_times(sums: "dict", call: Call) -> None:
    """When an item was worked on, by the endpoint's own clock."""
    end = call.started + call.seconds
    sums["started"] = min(sums.get("started", call.started), call.started)
    sums["ended"] = max(sums.get("ended", end), end)
    finished = sums.setdefault("finished", {})
    if call.status == 200 and (call.said not in finished or end < finished[call.said][1]):
        finished[call.said] = (call.started, end)


def embedded(body: "dict") -> Reply:
    try:
        return Reply(200, embeddings.vectors(body))
    except KeyError:
        known = ", ".join(embeddings.MODELS)
        return error(404, "model_not_found", f"The model {body.get('model')!r} does not exist. There are: {known}.")
    except ValueError as fault:
        return error(400, "invalid_input", str(fault))


def text_of(message: "dict") -> str:
    calls = message.get("tool_calls")
    return tools.text_of(message) + (json.dumps(calls) if calls else "")


def tokens_of(message: "dict") -> int:
    """Tokens of a message; those of a tool call by the lengths of what is in it, with some for its frame."""
    length = len(tools.text_of(message))
    if message.get("tool_calls"):
        length += sum(CALL_FRAME + sum(map(len, call)) for call in tools.asked_for(message))
    return max(1, -(-length // 4))


def checked(messages: object) -> "list[dict]":
    """The messages, if they are such; ValueError says what is wrong."""
    if not isinstance(messages, list) or not messages:
        raise ValueError("`messages` must be a list with at least one message.")
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise ValueError(f"messages[{place}] must be an object with a role.")
        if not isinstance(message.get("content"), (str, list, type(None))):
            raise ValueError(f"messages[{place}].content must be a text.")
    return messages


def shortened(messages: "list[dict]", card: Card) -> "list[dict]":
    """A prompt beyond the window, cut in silence as some servers do: the head of what users said, or its middle."""
    room = card.window * 4 - sum(len(text_of(m)) for m in messages if m["role"] in ("system", "developer"))
    spoken = [m for m in messages if m["role"] not in ("system", "developer")]
    text = "\n".join(text_of(m) for m in spoken)
    room = max(0, room)
    if card.overflow == "middle":
        text = text[: room // 2] + "\n" + text[len(text) - room // 2 :] if room else ""
    else:
        text = text[len(text) - room :] if room else ""
    return [m for m in messages if m["role"] in ("system", "developer")] + [{"role": "user", "content": text}]
