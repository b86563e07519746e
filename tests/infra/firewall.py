"""As much of a firewall as the stack's rate limits need: whether a request is counted, and with whom."""

import re
from dataclasses import dataclass, field
from typing import Any

# What the stack's own id is in a test.
STACK = "51af3dc0-da77-11e4-872e-1234567db123"
STACK_ID = f"arn:aws:cloudformation:us-east-1:123456789012:stack/groundswell-test/{STACK}"


@dataclass(frozen=True)
class Request:
    """A request as it reaches the API's stage. `connection`: the address that it comes from."""

    method: str = "PUT"
    path: str = "/api/v1/campaigns/c1/ballot"
    connection: str = "198.51.100.7"
    headers: dict[str, str] = field(default_factory=dict)


def counted_as(rule: dict[str, Any], request: Request) -> str | None:
    """What a rate-based rule counts this request as; None when it does not count it."""
    rate = rule["Statement"]["RateBasedStatement"]
    if not _holds(rate["ScopeDownStatement"], request):
        return None
    match rate["AggregateKeyType"]:
        case "IP":
            return request.connection
        case "FORWARDED_IP":
            # A firewall takes the first of several.
            return request.headers.get(rate["ForwardedIPConfig"]["HeaderName"], "").partition(",")[0].strip() or None
        case "CUSTOM_KEYS":
            [key] = rate["CustomKeys"]
            sent = request.headers.get(key["Header"]["Name"])
            return None if sent is None else _transformed(sent, key["Header"])
        case strange:
            raise AssertionError(f"what is counted by {strange}?")


def _holds(statement: dict[str, Any], request: Request) -> bool:
    [(kind, said)] = statement.items()
    match kind:
        case "AndStatement":
            return all(_holds(one, request) for one in said["Statements"])
        case "NotStatement":
            return not _holds(said["Statement"], request)
        case "RegexMatchStatement":
            return re.search(said["RegexString"], _field(said, request)) is not None
        case "ByteMatchStatement":
            text, sought = _field(said, request), _plain(said["SearchString"])
            return {"EXACTLY": text == sought, "ENDS_WITH": text.endswith(sought)}[said["PositionalConstraint"]]
        case _:
            raise AssertionError(f"what does {kind} hold?")


def _field(said: dict[str, Any], request: Request) -> str:
    [(kind, which)] = said["FieldToMatch"].items()
    fields = {"Method": request.method, "UriPath": request.path}
    return _transformed(request.headers.get(which["Name"], "") if kind == "SingleHeader" else fields[kind], said)


def _transformed(text: str, said: dict[str, Any]) -> str:
    for one in sorted(said["TextTransformations"], key=lambda one: int(one["Priority"])):
        match one["Type"]:
            case "LOWERCASE":
                text = text.lower()
            case "COMPRESS_WHITE_SPACE":
                text = re.sub(r"\s+", " ", text)
            case "NONE":
                pass
            case strange:
                raise AssertionError(f"how is a text changed by {strange}?")
    return text


def _plain(value: Any) -> str:
    """A text of the template, with the one reference that is used here."""
    if value == {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}:
        return STACK_ID.split("/")[2]
    assert isinstance(value, str)
    return value
