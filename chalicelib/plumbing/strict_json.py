"""Strict JSON in: what the standard parser forgives (NaN, 1e400, repeated keys, bottomless nesting) is refused here,
as a 4xx."""

import json
from typing import Any, Never, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.kernel.refusals import Invalid

MOST_BYTES = 65_536
MOST_DEPTH = 20

M = TypeVar("M", bound=BaseModel)


class BodyInvalid(Invalid):
    """Refused: the body is no JSON, or does not have the stated fields."""

    sentence = "The body is not what this address takes."

    def __init__(self, detail: str | None = None, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.errors = errors or []


class MediaTypeUnsupported(Invalid):
    """Refused: a body that is not said to be JSON."""

    sentence = "Send the body as application/json."


class BodyTooLarge(Invalid):
    """Refused: a body over 64 kB."""

    sentence = f"The body may have {MOST_BYTES} bytes at most."


def parse(raw: bytes, model: type[M]) -> M:
    """The body as the model. Refuses with BodyInvalid (with a list of where and why) or BodyTooLarge."""
    if len(raw) > MOST_BYTES:
        raise BodyTooLarge
    _check(raw)
    try:
        return model.model_validate_json(raw, strict=True, extra="forbid")
    except ValidationError as error:
        raise BodyInvalid("Some fields are not as they should be: see `errors`.", _told(error)) from None


def _check(raw: bytes) -> None:
    try:
        text = raw.decode("utf-8")
        if _depth(text) > MOST_DEPTH:
            raise BodyInvalid(f"The body is nested deeper than {MOST_DEPTH} levels.")
        json.loads(text, object_pairs_hook=_unrepeated, parse_constant=_no_constant, parse_float=_no_fraction)
    except (ValueError, RecursionError):
        raise BodyInvalid("The body is not strict JSON in UTF-8.") from None


def _depth(text: str) -> int:
    """The deepest nesting; brackets inside texts are letters like any other."""
    deepest = depth = 0
    quoted = escaped = False
    for letter in text:
        if quoted:
            quoted, escaped = escaped or letter != '"', letter == "\\" and not escaped
        elif letter == '"':
            quoted = True
        elif letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise BodyInvalid("The body names the same field twice.")
    return dict(pairs)


def _no_constant(name: str) -> Never:
    raise BodyInvalid(f"{name} is not a number in JSON.")


def _no_fraction(_: str) -> Never:
    raise BodyInvalid("Numbers are whole: money in minor units, quantities in units.")


def _told(error: ValidationError) -> list[dict[str, str]]:
    """Where and why, without the value: what was sent is not echoed."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [{"where": ".".join(map(str, one["loc"]))[:200], "why": one["msg"][:200]} for one in found[:20]]
