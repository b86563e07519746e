"""The HTTP door: one decorator that turns a plain function of models into a Chalice route.

It checks who asks, parses the body strictly, maps refusals to problem+json, catches surprises once, and remembers
what OpenAPI needs.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import Authorizer, Blueprint, CognitoUserPoolAuthorizer, CORSConfig, Request, Response
from pydantic import BaseModel

from chalicelib.kernel.refusals import Invalid, Refusal
from chalicelib.kernel.words import Kept
from chalicelib.plumbing import identity, ports, problems, settings, strict_json, telemetry
from chalicelib.plumbing.identity import Identity, Role

DEFAULT_PAGE, MOST_PAGE = 25, 100
# A shop's own page may show a tally or take a pre-order. Any origin may ask: there are no cookies, and whoever holds a
# token sends it on purpose.
CORS = CORSConfig(
    allow_origin="*",
    allow_headers=["Idempotency-Key", "If-None-Match"],
    expose_headers=["ETag", "Next-Cursor", "Retry-After"],
    max_age=600,
)


class LimitInvalid(Invalid):
    """Refused: a page size that is no number from 1 to 100."""

    sentence = f"`limit` is a whole number from 1 to {MOST_PAGE}."


class TextAnswer(Kept):
    """What is answered as a text instead of JSON. Where a list goes on is said in the header `Next-Cursor`."""

    media_type: ClassVar[str] = "text/plain; charset=utf-8"
    text: str
    next_cursor: str | None = None


@dataclass(frozen=True)
class Route:
    """What OpenAPI says of one address."""

    method: str
    path: str
    summary: str
    roles: tuple[Role, ...]
    body: type[BaseModel] | None
    answer: type[BaseModel]
    status: int
    refusals: tuple[type[Refusal], ...]
    headers: tuple[str, ...]
    paged: bool
    cursor: bool
    fresh_seconds: int | None


@dataclass(frozen=True)
class Call:
    """One request, as a route sees it."""

    ports: ports.Ports
    who: Identity | None
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    @property
    def identity(self) -> Identity:
        """Who asks, on a route that demands a role."""
        return identity.require(self.who, ("fan", "organiser", "manufacturer"))

    @property
    def limit(self) -> int:
        """Page size. Refuses with LimitInvalid."""
        text = self.query.get("limit", str(DEFAULT_PAGE))
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PAGE)) and 1 <= int(text) <= MOST_PAGE):
            raise LimitInvalid
        return int(text)


ROUTES: list[Route] = []


def authorizer() -> Authorizer:
    """The user pool at the gateway. Chalice wants one object per import, the gateway makes one of equal names."""
    return CognitoUserPoolAuthorizer("people", provider_arns=[settings.current().user_pool_arn])


@dataclass(frozen=True)
class Door:
    """The routes of one slice."""

    blueprint: Blueprint

    def route(  # noqa: PLR0913 - each word is something that OpenAPI says of a route
        self,
        method: str,
        path: str,
        *,
        answer: type[BaseModel],
        roles: tuple[Role, ...] = (),
        body: type[BaseModel] | None = None,
        status: int = 200,
        fresh_seconds: int | None = None,
        refusals: tuple[type[Refusal], ...] = (),
        headers: tuple[str, ...] = (),
        paged: bool = False,
        cursor: bool = False,
    ) -> Callable[[Callable[..., BaseModel]], Callable[..., Any]]:
        """Registers `view(call, [body], **path parameters) -> answer`. No roles means public.

        `fresh_seconds` makes a public read cacheable for so long, with an ETag and 304 answers. `paged` takes `limit`
        and `cursor` in the query, `cursor` that alone.
        """

        def register(view: Callable[..., BaseModel]) -> Callable[..., Any]:
            summary = (view.__doc__ or "").strip().partition("\n")[0]
            route = Route(
                method, path, summary, roles, body, answer, status, refusals, headers, paged, cursor, fresh_seconds
            )
            ROUTES.append(route)

            def handle(**given: str) -> Response:
                request = self.blueprint.current_request
                docs = f"{problems.prefix(request.context)}/docs"
                return _guarded(lambda: _answer(view, route, request, given), docs)

            handle.__name__ = f"{view.__module__.rpartition('chalicelib.')[2].replace('.', '_')}_{view.__name__}"
            guard = {"authorizer": authorizer()} if roles else {}
            # An empty list: the media type is judged by us, so that its refusal has a code like all others.
            self.blueprint.route(path, methods=[method], content_types=[], cors=CORS, **guard)(handle)
            return view

        return register


def _answer(view: Callable[..., BaseModel], route: Route, request: Request, path: dict[str, str]) -> Response:
    call = _call(request, route.roles)
    sent = [_body(request, route.body)] if route.body else []
    text, headers = _content(view(call, *sent, **path))
    return _ok(text, headers, route, call.headers.get("if-none-match"))


def _content(answer: BaseModel) -> tuple[str, problems.Headers]:
    if not isinstance(answer, TextAnswer):
        return answer.model_dump_json(), {"Content-Type": "application/json"}
    cursor = {} if answer.next_cursor is None else {"Next-Cursor": answer.next_cursor}
    return answer.text, {"Content-Type": answer.media_type, **cursor}


@telemetry.traced("request")
def _guarded(answer: Callable[[], Response], docs: str) -> Response:
    try:
        response = answer()
    except Refusal as refusal:
        telemetry.count(f"refused_{refusal.code}")
        response = problems.of_refusal(refusal, docs)
    except (ClientError, BotoCoreError):
        telemetry.log.exception("the store did not answer as it should")
        detail = (
            "We could not reach our store. It is not certain whether the request took effect: send it again as it is."
        )
        response = problems.problem(503, "unavailable", detail, docs=docs, headers={"Retry-After": "2"})
    except Exception:  # noqa: BLE001 - the one place for surprises: logged once, never swallowed
        telemetry.log.exception("a surprise")
        detail = "Something broke on our side. It is logged; please try again."
        response = problems.problem(500, "internal", detail, docs=docs)
    telemetry.flush()
    return response


def _call(request: Request, roles: tuple[Role, ...]) -> Call:
    world = ports.current()
    who = None
    if roles:
        claims = (request.context.get("authorizer") or {}).get("claims") or {}
        who = identity.require(identity.from_claims(claims, world.settings.user_pool_client_id), roles)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(world, who, dict(request.query_params or {}), headers, _raw(request))


def _body(request: Request, model: type[BaseModel]) -> BaseModel:
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise strict_json.MediaTypeUnsupported
    return strict_json.parse(_raw(request), model)


def _raw(request: Request) -> bytes:
    raw = request.raw_body or b""
    return raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")


def _ok(text: str, headers: problems.Headers, route: Route, known: str | None) -> Response:
    if route.fresh_seconds is None:
        return Response(body=text, status_code=route.status, headers={**headers, "Cache-Control": "no-store"})
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
    headers |= {"ETag": etag, "Cache-Control": f"public, max-age={route.fresh_seconds}"}
    if known is not None and {etag, "*"} & {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return Response(body="", status_code=304, headers=headers)
    return Response(body=text, status_code=route.status, headers=headers)
