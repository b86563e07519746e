"""What the local run serves beside the API: the page for its own addresses, and a sign-in for this machine only."""

import io
import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from infra.local import resources, tokens
from infra.local.page import LOCAL_CONFIG, Page, policy

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def page(tmp_path: Path) -> Page:
    (tmp_path / "index.html").write_text("<title>Groundswell</title>")
    (tmp_path / "app.js").write_text("go()")
    return Page(tmp_path)


def ask(page: Page, method: str, path: str, body: bytes = b"", host: str = "127.0.0.1:8000") -> Answer:
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "HTTP_HOST": host,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    content = b"".join(page(environ, lambda status, headers: told.append((status, dict(headers)))))
    [(status, headers)] = told
    return int(status[:3]), headers, content


@pytest.mark.parametrize("path", ["/", "/campaigns/1", "/pre-orders"])
def test_the_page_answers_at_each_of_its_addresses(page: Page, path: str) -> None:
    status, headers, content = ask(page, "GET", path)
    assert (status, content) == (200, b"<title>Groundswell</title>")
    assert headers["Content-Type"].startswith("text/html")
    assert "Access-Control-Allow-Origin" not in headers


def test_a_file_is_a_file_and_a_missing_one_is_missing(page: Page) -> None:
    assert ask(page, "GET", "/app.js")[2] == b"go()"
    assert ask(page, "GET", "/gone.js")[0] == 404
    assert ask(page, "GET", "/../../etc/passwd.txt")[0] == 404
    assert ask(page, "POST", "/campaigns/1")[0] == 404


def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    assert b"make" in ask(Page(tmp_path), "GET", "/")[2]


def test_the_page_learns_where_the_api_is_and_how_to_sign_in(page: Page, tmp_path: Path) -> None:
    assert json.loads(ask(page, "GET", "/config.json")[2]) == {"api": "", "sign_in": {"way": "local"}}
    other = {"api": "/api", "sign_in": {"way": "user_pool", "domain": "pool.example", "client_id": "page"}}
    assert json.loads(ask(Page(tmp_path, other), "GET", "/config.json")[2]) == other


@pytest.mark.parametrize("path", ["/", "/campaigns/1", "/app.js"])
def test_the_page_may_run_and_ask_its_own_origin_alone(page: Page, path: str) -> None:
    sent = ask(page, "GET", path)[1]["Content-Security-Policy"]
    assert "default-src 'none'" in sent
    assert "connect-src 'self';" in sent


def test_the_cdn_sends_the_same_policy_with_its_own_user_pool() -> None:
    """And where cards are real, with the provider's field: as chosen by the stack's parameter."""
    stack = resources.template()
    domain = stack["Outputs"]["SignInDomain"]["Value"]["Fn::Sub"]
    config = {"api": "/api", "sign_in": {"way": "user_pool", "domain": domain, "client_id": "page"}}
    [chosen] = [sent["Fn::Sub"] for sent in policies_of(stack) if isinstance(sent, dict) and "Fn::Sub" in sent]
    text, parts = chosen
    with_cards, without = (
        reduce(lambda done, part: done.replace(f"${{{part}}}", parts[part]["Fn::If"][place]), parts, text)
        for place in (1, 2)
    )
    assert {part["Fn::If"][0] for part in parts.values()} == {"IsStripe"}
    assert stack["Conditions"]["IsStripe"] == {"Fn::Equals": [{"Ref": "PaymentProvider"}, "stripe"]}
    assert (with_cards, without) == (policy(config, "stripe"), policy(config))
    assert without.replace(f" https://{domain}", "") == policy(LOCAL_CONFIG)
    assert "stripe" not in policy(LOCAL_CONFIG)


def policies_of(stack: dict[str, Any]) -> list[Any]:
    """What the CDN's headers name as content security policies."""
    kind = "AWS::CloudFront::ResponseHeadersPolicy"
    made = [resource["Properties"] for resource in stack["Resources"].values() if resource["Type"] == kind]
    security = [one["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"] for one in made]
    return [one["ContentSecurityPolicy"]["ContentSecurityPolicy"] for one in security]


def test_signing_in_gives_a_token_that_the_gateway_believes(page: Page) -> None:
    body = json.dumps({"name": " Ada ", "role": "manufacturer", "manufacturer_id": "works-1"}).encode()
    status, headers, content = ask(page, "POST", "/local/token", body)
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    answer = json.loads(content)
    assert answer["name"] == "Ada"
    assert tokens.verify(answer["token"])["custom:manufacturer_id"] == "works-1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 5000,
        b'{"name":"Ada"}',
        b'{"name":"","role":"fan"}',
        b'{"name":7,"role":"fan"}',
        b'{"name":"Ada","role":"king"}',
        b'{"name":"Ada","role":"manufacturer","manufacturer_id":7}',
    ],
)
def test_a_sign_in_that_makes_no_sense_is_refused(page: Page, body: bytes) -> None:
    assert ask(page, "POST", "/local/token", body)[0] == 400


@pytest.mark.parametrize("host", ["groundswell.example", "attacker.example:8000", "127.0.0.1.attacker.example", ""])
def test_another_name_for_this_machine_gets_no_token(page: Page, host: str) -> None:
    assert ask(page, "POST", "/local/token", b'{"name":"Ada","role":"organiser"}', host=host)[0] == 403
