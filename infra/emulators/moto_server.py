"""moto's server in this process, taking the API document that `chalice deploy` sends.

moto wants OpenAPI 3 and every key of an integration; AWS takes Swagger 2.0, no description and no URI for a MOCK as
well, so that relabelling hides nothing. moto runs no function and judges no token.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.apigateway.models import APIGatewayBackend
from moto.server import ThreadedMotoServer

_INTEGRATION = "x-amazon-apigateway-integration"
_import_rest_api, _put_rest_api = APIGatewayBackend.import_rest_api, APIGatewayBackend.put_rest_api


@contextmanager
def running() -> Iterator[str]:
    """Yields the server's URL. What it holds goes with it."""
    APIGatewayBackend.import_rest_api, APIGatewayBackend.put_rest_api = _import, _put  # type: ignore[method-assign]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
        APIGatewayBackend.import_rest_api = _import_rest_api  # type: ignore[method-assign]
        APIGatewayBackend.put_rest_api = _put_rest_api  # type: ignore[method-assign]


def _import(self: APIGatewayBackend, api_doc: dict[str, Any], fail_on_warnings: bool) -> Any:  # noqa: FBT001 - moto's
    return _import_rest_api(self, relabelled(api_doc), fail_on_warnings)


def _put(
    self: APIGatewayBackend,
    function_id: str,
    api_doc: dict[str, Any],
    fail_on_warnings: bool,  # noqa: FBT001 - moto's
    mode: str = "merge",
) -> Any:
    return _put_rest_api(self, function_id, relabelled(api_doc), fail_on_warnings, mode)


def relabelled(document: dict[str, Any]) -> dict[str, Any]:
    """The same API in the form that moto insists on."""
    paths = {
        path: {verb: _complete(operation) for verb, operation in operations.items()}
        for path, operations in document["paths"].items()
    }
    kept = {name: value for name, value in document.items() if name != "swagger"}
    return {**kept, "openapi": "3.0.1", "info": {"description": "", **document["info"]}, "paths": paths}


def _complete(operation: dict[str, Any]) -> dict[str, Any]:
    integration = operation[_INTEGRATION]
    whole = {"uri": "", "httpMethod": "", **integration, "type": integration["type"].upper()}
    return {**operation, _INTEGRATION: whole}
