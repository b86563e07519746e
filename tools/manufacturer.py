"""Registers a manufacturer, or changes one: `python -m tools.manufacturer --id ID --name NAME --url URL`.

Runs with the settings of a stage in its environment and credentials for its table and secrets. The webhook's secret is
printed once, to be handed to the manufacturer; afterwards only Secrets Manager has it.
"""

import argparse
import base64
import secrets
import sys
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from chalicelib.manufacturing import store
from chalicelib.manufacturing.model import Manufacturer
from chalicelib.plumbing import aws, ports
from chalicelib.plumbing.ports import Ports

SECRET_BYTES = 24
PREFIX = "whsec_"


class NotRegistered(Exception):  # noqa: N818 - told in one sentence
    """What was given cannot be registered; nothing was changed."""


def main() -> int:
    asked = _asked()
    try:
        maker = manufacturer(asked.id, asked.name, asked.url, allowed=ports.current().settings.outbound_allow)
        secret = asked.secret or new_secret()
        check_secret(secret)
        register(ports.current(), aws.client("secretsmanager"), maker, secret=secret)
    except NotRegistered as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{maker.manufacturer_id} is registered: orders go to {maker.endpoint_url}")
    print("Webhook secret, shown this once:" if not asked.secret else "Webhook secret: the one that was given.")
    if not asked.secret:
        print(secret)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.manufacturer", description="Registers a manufacturer.")
    parser.add_argument("--id", required=True, help="its id: letters, digits, - and _; also in its users' tokens")
    parser.add_argument("--name", required=True)
    parser.add_argument("--url", required=True, help="where signed orders are posted to; https")
    parser.add_argument("--secret", help="whsec_... to keep an existing one; without it, a new one is made")
    return parser.parse_args()


def manufacturer(manufacturer_id: str, name: str, url: str, *, allowed: frozenset[str] = frozenset()) -> Manufacturer:
    """The entry for the registry. `allowed` names host:port pairs that a local run may call without TLS. Raises
    NotRegistered."""
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and parts.netloc not in allowed):
        raise NotRegistered("The URL must begin with https:// and name a host.")
    try:
        return Manufacturer(manufacturer_id=manufacturer_id, name=name, endpoint_url=url)
    except ValidationError as error:
        fields = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise NotRegistered(f"This is not as it should be: {fields}.") from None


def new_secret() -> str:
    """A fresh secret in the form of Standard Webhooks: 24 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_secret(secret: str) -> None:
    """Raises NotRegistered for what is no secret of 24 to 64 bytes, the bounds of Standard Webhooks."""
    try:
        found = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        found = b""
    if not secret.startswith(PREFIX) or not SECRET_BYTES <= len(found) <= 64:  # noqa: PLR2004
        raise NotRegistered("The secret must be whsec_ and the base64 of 24 to 64 bytes.")


def register(world: Ports, store_of_secrets: Any, maker: Manufacturer, *, secret: str) -> None:
    """The secret first: a manufacturer that can be found can be signed for."""
    name = f"{world.settings.webhook_secret_prefix}{maker.manufacturer_id}"
    try:
        store_of_secrets.create_secret(Name=name, SecretString=secret)
    except store_of_secrets.exceptions.ResourceExistsException:
        store_of_secrets.put_secret_value(SecretId=name, SecretString=secret)
    world.table.commit(store.registering(maker))


if __name__ == "__main__":
    sys.exit(main())
