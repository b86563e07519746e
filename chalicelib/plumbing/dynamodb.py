"""DynamoDB's calls that the table makes, over its JSON protocol: a third of boto3's processor time for a call, and half
of a function's start, which is most of what a launch day costs (docs/decisions/0013-ballots.md).

The same names, parameters, answers and errors as boto3's client, which tests and tools use in its place. Retries as
botocore's standard mode: three tries in all, for lost connections, throttling and the service's own errors.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import urllib3
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from chalicelib.plumbing import sigv4
from chalicelib.plumbing.clock import Clock, Ids
from chalicelib.plumbing.sigv4 import Credentials

TRIES = 3
PAUSE_SECONDS = 0.05
_AGAIN = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
_TYPE = "application/x-amz-json-1.0"


@dataclass(frozen=True)
class DynamoDB:
    """A client for one region. Safe for several threads."""

    endpoint: str
    who: Credentials
    clock: Clock
    ids: Ids
    pool: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(
            maxsize=32, retries=False, timeout=urllib3.Timeout(connect=2, read=4)
        )
    )

    def get_item(self, **request: Any) -> dict[str, Any]:
        return self._call("GetItem", request)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        return self._call("BatchGetItem", request)

    def query(self, **request: Any) -> dict[str, Any]:
        return {"Items": [], **self._call("Query", request)}

    def put_item(self, **request: Any) -> dict[str, Any]:
        return self._call("PutItem", request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        return self._call("UpdateItem", request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        return self._call("DeleteItem", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        return self._call("TransactWriteItems", request)

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Raises botocore's ClientError, ConnectTimeoutError, ReadTimeoutError or EndpointConnectionError."""
        body = json.dumps(request, separators=(",", ":")).encode()
        for tries in range(1, TRIES + 1):
            try:
                return self._send(operation, body)
            except ClientError as error:
                if tries == TRIES or not _passing(error):
                    raise
            except (ConnectTimeoutError, ReadTimeoutError, EndpointConnectionError):
                if tries == TRIES:
                    raise
            self.clock.sleep(self.ids.jitter() * PAUSE_SECONDS * 2**tries)
        raise AssertionError("the last try answers or raises")

    def _send(self, operation: str, body: bytes) -> dict[str, Any]:
        headers = {
            "content-type": _TYPE,
            "host": self.endpoint.partition("://")[2],
            "x-amz-target": f"DynamoDB_20120810.{operation}",
        }
        sent = sigv4.signed(headers, body, self.who, self.clock.now())
        try:
            reply = self.pool.request("POST", self.endpoint, body=body, headers={**sent, "user-agent": "groundswell"})
        except urllib3.exceptions.NewConnectionError as error:
            raise EndpointConnectionError(endpoint_url=self.endpoint, error=error) from None
        except urllib3.exceptions.ConnectTimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=self.endpoint, error=error) from None
        except urllib3.exceptions.TimeoutError as error:
            raise ReadTimeoutError(endpoint_url=self.endpoint, error=error) from None
        except urllib3.exceptions.HTTPError as error:
            raise EndpointConnectionError(endpoint_url=self.endpoint, error=error) from None
        return self._answer(operation, reply.status, reply.headers, reply.data)

    def _answer(self, operation: str, status: int, headers: Mapping[str, str], data: bytes) -> dict[str, Any]:
        checksum = headers.get("x-amz-crc32")
        if checksum is not None and int(checksum) != zlib.crc32(data):
            raise EndpointConnectionError(endpoint_url=self.endpoint, error="the answer was damaged on its way")
        try:
            found: dict[str, Any] = json.loads(data or b"{}")
        except ValueError:
            found = {}
        if status == HTTPStatus.OK:
            return found
        raise ClientError(_error(status, found), operation)


def _error(status: int, found: dict[str, Any]) -> Any:
    """As botocore tells it: code and message, why a transaction was cancelled, the item that stood in the way."""
    code = str(found.get("__type", status)).rpartition("#")[2]
    message = found.get("message") or found.get("Message") or ""
    told = {name: found[name] for name in ("CancellationReasons", "Item") if name in found}
    return {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}, **told}


def _passing(error: ClientError) -> bool:
    """Whether asking again can help."""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return error.response["Error"]["Code"] in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
