"""Which account and region is spoken to, found out before anything is touched."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)

from infra.deploy.names import NotPossible

_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 8})
_CREDENTIALS = "Sign in (for example `aws sso login`) or set AWS_PROFILE, then run the same command again."


@dataclass(frozen=True)
class Account:
    """Clients for one account and region."""

    session: boto3.Session
    number: str
    partition: str
    region: str
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.session.client(service, config=_CONFIG)  # type: ignore[call-overload]
        return self._clients[service]

    @cached_property
    def emulator(self) -> str | None:
        """The emulator's address when AWS_ENDPOINT_URL leads to one, otherwise None."""
        endpoint: str = self.client("sts").meta.endpoint_url
        return None if ".amazonaws." in endpoint else endpoint.rstrip("/")

    def api_url(self, api_id: str, api_stage: str) -> str:
        """Where a REST API answers, without the CDN before it."""
        if self.emulator:
            return f"{self.emulator}/restapis/{api_id}/{api_stage}/_user_request_"
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return f"https://{api_id}.execute-api.{self.region}.{suffix}/{api_stage}"


def connect() -> Account:
    """The account of the credentials in the environment. Raises NotPossible when there are none that work."""
    try:
        session = boto3.Session()
        region = session.region_name
        identity = session.client("sts", config=_CONFIG).get_caller_identity() if region else {}
    except ProfileNotFound as problem:
        raise NotPossible(f"{problem}. {_CREDENTIALS}") from None
    except (NoCredentialsError, PartialCredentialsError):
        raise NotPossible(f"There are no AWS credentials here. {_CREDENTIALS}") from None
    except EndpointConnectionError as problem:
        raise NotPossible(f"{problem} Is the region's name right, and the network up?") from None
    except ClientError as problem:
        raise NotPossible(f"AWS does not accept the credentials: {_reason(problem)}. {_CREDENTIALS}") from None
    except BotoCoreError as problem:
        raise NotPossible(f"The credentials could not be used: {problem}. {_CREDENTIALS}") from None
    if not region:
        # Asked first, STS would answer from its global address, and everything after it would fail.
        raise NotPossible("No region is chosen: add REGION=eu-central-1, for example, or set AWS_DEFAULT_REGION.")
    partition = identity["Arn"].split(":")[1]
    return Account(session, identity["Account"], partition, region)


def _reason(problem: ClientError) -> str:
    return f"{problem.response['Error']['Code']}: {problem.response['Error'].get('Message', '')}".rstrip(".: ")


def code_of(problem: ClientError) -> str:
    """The error code AWS gave."""
    return str(problem.response["Error"]["Code"])
