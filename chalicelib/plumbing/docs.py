"""Addresses of the API's own description."""

from chalice.app import Blueprint, Response

from chalicelib.plumbing import problems
from chalicelib.plumbing.problems import Headers

blueprint = Blueprint(__name__)


@blueprint.route("/openapi.json", methods=["GET"])
def description() -> Response:
    """OpenAPI 3.1, made from the models."""
    from chalicelib.plumbing import openapi  # noqa: PLC0415 - rarely asked for

    url = problems.prefix(blueprint.current_request.context) or "/"
    return Response(body=openapi.text(url), headers=_headers("application/json"))


@blueprint.route("/docs", methods=["GET"])
def page() -> Response:
    """The description for people, without a script."""
    from chalicelib.plumbing import docs_page, openapi  # noqa: PLC0415 - rarely asked for

    return Response(body=docs_page.render(openapi.document()), headers=_headers("text/html; charset=utf-8"))


def _headers(media_type: str) -> Headers:
    return {"Content-Type": media_type, "Cache-Control": "public, max-age=60"}
