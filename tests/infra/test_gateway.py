"""The gateway: events as a REST API makes them, and its own refusals in its own words."""

import io
import json
from typing import Any

import pytest
from chalice.app import Chalice, CognitoUserPoolAuthorizer, Response

from infra.local import tokens
from infra.local.gateway import MOST_BODY_BYTES, Gateway
from infra.local.router import Router

Answer = tuple[int, dict[str, str], bytes]


def make_app() -> Chalice:
    app = Chalice("small")
    pool = CognitoUserPoolAuthorizer("pool", provider_arns=["arn:aws:cognito-idp:us-east-1:1:userpool/x"])

    def told() -> dict[str, Any]:
        request = app.current_request
        assert request is not None
        return {"event": request.to_original_event(), "function": app.lambda_context.function_name}

    @app.route("/v1/things/{thing_id}", methods=["GET", "PUT"], content_types=["application/json", "image/png"])
    def show(thing_id: str) -> dict[str, Any]:
        return {**told(), "thing_id": thing_id}

    @app.route("/v1/things/new")
    def fixed() -> dict[str, Any]:
        return {"thing_id": None}

    @app.route("/v1/mine", authorizer=pool)
    def mine() -> dict[str, Any]:
        return told()

    @app.route("/v1/cookies")
    def cookies() -> Response:
        return Response("", headers={"Set-Cookie": ["a=1", "b=2"]}, status_code=204)

    @app.route("/v1/broken")
    def broken() -> Response:
        raise SystemError

    return app


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    return Gateway(make_app(), otherwise=lambda _environ, start: (start("200 OK", []), [b"the page"])[1])


def ask(gateway: Gateway, method: str, path: str, body: bytes = b"", **environ: Any) -> Answer:
    raw_path, _, query = path.partition("?")
    told: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        told.update(status=int(status.split(maxsplit=1)[0]), headers=headers)

    request = {
        "REQUEST_METHOD": method,
        "REQUEST_URI": path,
        "PATH_INFO": raw_path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "CONTENT_TYPE": "application/json",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    content = b"".join(gateway(request, start_response))
    return told["status"], dict(told["headers"]), content


def event(answer: Answer) -> dict[str, Any]:
    assert answer[0] == 200, answer
    found: dict[str, Any] = json.loads(answer[2])["event"]
    return found


def test_the_event_is_a_rest_proxy_event(gateway: Gateway) -> None:
    found = event(ask(gateway, "PUT", "/v1/things/7", b'{"a":1}', HTTP_IDEMPOTENCY_KEY="k1"))
    assert (found["resource"], found["path"], found["httpMethod"]) == ("/v1/things/{thing_id}", "/v1/things/7", "PUT")
    assert found["pathParameters"] == {"thing_id": "7"}
    assert (found["body"], found["isBase64Encoded"]) == ('{"a":1}', False)
    assert found["headers"]["Idempotency-Key"] == "k1"
    assert found["multiValueHeaders"]["Idempotency-Key"] == ["k1"]
    assert found["requestContext"]["resourcePath"] == "/v1/things/{thing_id}"
    assert found["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert "authorizer" not in found["requestContext"]


def test_the_query_is_decoded_and_repeated_names_are_kept(gateway: Gateway) -> None:
    found = event(ask(gateway, "GET", "/v1/things/7?a=1&a=2&b=%C5%82%20x&c="))
    assert found["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["ł x"], "c": [""]}
    assert found["queryStringParameters"] == {"a": "2", "b": "ł x", "c": ""}
    assert event(ask(gateway, "GET", "/v1/things/7"))["queryStringParameters"] is None


def test_path_parameters_arrive_as_they_were_sent(gateway: Gateway) -> None:
    assert event(ask(gateway, "GET", "/v1/things/a%2Fb"))["pathParameters"] == {"thing_id": "a%2Fb"}
    _, _, content = ask(gateway, "GET", "/v1/things/new")
    assert json.loads(content) == {"thing_id": None}


def test_without_a_raw_path_the_decoded_one_is_encoded_again(gateway: Gateway) -> None:
    answer = ask(gateway, "GET", "/v1/things/ł", REQUEST_URI="", PATH_INFO="/v1/things/ł".encode().decode("latin-1"))
    assert event(answer)["pathParameters"] == {"thing_id": "%C5%82"}


def test_a_body_that_is_no_text_is_base64(gateway: Gateway) -> None:
    found = event(ask(gateway, "PUT", "/v1/things/7", b"\xff\xfe", CONTENT_TYPE="image/png"))
    assert (found["body"], found["isBase64Encoded"]) == ("//4=", True)
    assert event(ask(gateway, "PUT", "/v1/things/7"))["body"] is None


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1"), ("GET", "/v1/nothing"), ("DELETE", "/v1/things/7"), ("HEAD", "/v1/things/7")]
)
def test_what_is_no_route_is_refused_as_the_gateway_does(gateway: Gateway, method: str, path: str) -> None:
    status, _, content = ask(gateway, method, path)
    assert status == 403
    assert content == (b"" if method == "HEAD" else b'{"message": "Missing Authentication Token"}')


def test_other_paths_are_the_page_s(gateway: Gateway) -> None:
    assert ask(gateway, "GET", "/campaigns/1")[2] == b"the page"
    assert ask(gateway, "GET", "/v1x")[2] == b"the page"


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer nonsense", "a.b.c"])
def test_a_route_with_an_authorizer_needs_a_token(gateway: Gateway, sent: str | None) -> None:
    headers = {} if sent is None else {"HTTP_AUTHORIZATION": sent}
    status, _, content = ask(gateway, "GET", "/v1/mine", **headers)
    assert (status, json.loads(content)) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_verified_claims_reach_the_handler_as_text(gateway: Gateway, prefix: str) -> None:
    token = tokens.issue("Ada", "manufacturer", "works-1")
    found = event(ask(gateway, "GET", "/v1/mine", HTTP_AUTHORIZATION=prefix + token))
    claims = found["requestContext"]["authorizer"]["claims"]
    assert all(isinstance(value, str) for value in claims.values())
    assert claims["cognito:groups"] == "manufacturers"
    assert claims["custom:manufacturer_id"] == "works-1"
    assert claims["email_verified"] == "true"


def test_a_body_above_the_limit_is_refused_unread(gateway: Gateway) -> None:
    status, _, _ = ask(gateway, "PUT", "/v1/things/7", b"x", CONTENT_LENGTH=str(MOST_BODY_BYTES + 1))
    assert status == 413


def test_a_header_may_be_repeated_in_an_answer(gateway: Gateway) -> None:
    told: list[tuple[str, str]] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/cookies", "wsgi.input": io.BytesIO()}
    list(gateway(environ, lambda _status, headers: told.extend(headers)))
    assert [value for name, value in told if name == "Set-Cookie"] == ["a=1", "b=2"]


def test_a_handler_that_breaks_is_a_bad_gateway_not_a_dead_thread() -> None:
    app = Chalice("small")
    app.routes["/v1/x"] = {"GET": type("Route", (), {"authorizer": None})()}  # type: ignore[assignment]
    gateway = Gateway(app)
    gateway._app.__class__.__call__ = lambda *_: 1 / 0  # type: ignore[method-assign]
    assert ask(gateway, "GET", "/v1/x")[0] == 502


def test_fixed_segments_win_over_parameters() -> None:
    router = Router(["/a/{x}", "/a/b", "/{y}/b", "/"])
    found = {path: match.resource for path in ("/a/b", "/a/c", "/c/b", "/") if (match := router.match(path))}
    assert found == {"/a/b": "/a/b", "/a/c": "/a/{x}", "/c/b": "/{y}/b", "/": "/"}
    assert router.match("/a/") is None
    assert router.match("/a//") is None
    assert router.match("/a/b/c") is None
