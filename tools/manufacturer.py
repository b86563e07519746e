"""Registers a manufacturer, or changes one: `python -m tools.manufacturer --stage dev --id ID --name NAME --url URL`.

Runs with credentials for the stage's table and secrets; without --stage, with the settings in its environment. A new
webhook secret is printed once, to be handed to the manufacturer; afterwards only Secrets Manager has it. With --rotate
another one is made and both sign, until --rotate-finish.
"""

import argparse
import base64
import secrets
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from chalicelib.manufacturing import store
from chalicelib.manufacturing.model import Manufacturer
from chalicelib.plumbing import aws, ports
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.secrets import KEPT
from infra.deploy.names import NotPossible
from tools import on_stage

SECRET_BYTES = 24
PREFIX = "whsec_"
_MINUTES = int(KEPT.total_seconds() // 60)


class NotRegistered(Exception):  # noqa: N818 - told in one sentence
    """What was given cannot be registered; nothing was changed."""


def main() -> int:
    asked = _asked()
    try:
        if asked.stage:
            on_stage.use_settings(asked.stage)
        world, kept = ports.current(), WebhookSecret.of(ports.current(), aws.client("secretsmanager"), asked.id)
        if asked.rotate:
            _rotate(kept, asked.id)
        elif asked.rotate_finish:
            _finish(kept, asked.id)
        else:
            _register(world, kept, asked)
    except (NotRegistered, NotPossible) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def _register(world: Ports, kept: "WebhookSecret", asked: argparse.Namespace) -> None:
    if not asked.name or not asked.url:
        raise NotRegistered("To register a manufacturer, --name and --url are needed too.")
    maker = manufacturer(asked.id, asked.name, asked.url, allowed=world.settings.outbound_allow)
    there = kept.read()
    secret = asked.secret or there or new_secret()
    for one in secret.split():
        check_secret(one)
    register(world, kept.client, maker, secret=secret)
    print(f"{maker.manufacturer_id} is registered: orders go to {maker.endpoint_url}")
    if asked.secret or there:
        print("Webhook secret: the one that was given." if asked.secret else "Webhook secret: still the one it has.")
    else:
        print(f"Webhook secret, shown this once:\n{secret}")


def _rotate(kept: "WebhookSecret", manufacturer_id: str) -> None:
    print(f"The new webhook secret of {manufacturer_id}; deliveries are signed with it and with the old one:")
    print(kept.rotate())
    print(f"Hand it over: {_MINUTES} minutes from now it may take the place of the old one. When it has: ROTATE=finish")


def _finish(kept: "WebhookSecret", manufacturer_id: str) -> None:
    if kept.finish():
        print(
            f"{manufacturer_id}: from {_MINUTES} minutes from now on, deliveries are signed with the new secret alone."
        )
    else:
        print(f"{manufacturer_id}: no rotation is under way; nothing was changed.")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.manufacturer", description="Registers a manufacturer.")
    parser.add_argument("--stage", help="the deployed stage that it is for")
    parser.add_argument("--id", required=True, help="its id: letters, digits, - and _; also in its users' tokens")
    parser.add_argument("--name")
    parser.add_argument("--url", help="where signed orders are posted to; https")
    parser.add_argument("--secret", help="whsec_... to choose it; without it, the one it has stays, or one is made")
    rotation = parser.add_mutually_exclusive_group()
    rotation.add_argument("--rotate", action="store_true", help="makes a new secret; the old one signs as well")
    rotation.add_argument("--rotate-finish", action="store_true", help="from now on, only the new secret signs")
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


@dataclass(frozen=True)
class WebhookSecret:
    """One manufacturer's secret in Secrets Manager: one, or while it is rotated two, the newest first."""

    client: Any
    name: str

    @classmethod
    def of(cls, world: Ports, client: Any, manufacturer_id: str) -> "WebhookSecret":
        return cls(client, f"{world.settings.webhook_secret_prefix}{manufacturer_id}")

    def read(self) -> str:
        """Its text, or nothing when there is none."""
        try:
            return str(self.client.get_secret_value(SecretId=self.name)["SecretString"])
        except self.client.exceptions.ResourceNotFoundException:
            return ""
        except self.client.exceptions.InvalidRequestException:
            keep = f"aws secretsmanager restore-secret --secret-id {self.name}"
            raise NotRegistered(f"The secret {self.name} is being deleted. To keep it: {keep}") from None

    def write(self, text: str) -> None:
        try:
            self.client.create_secret(Name=self.name, SecretString=text)
        except self.client.exceptions.ResourceExistsException:
            self.client.put_secret_value(SecretId=self.name, SecretString=text)

    def rotate(self) -> str:
        """Puts a new one before the old one, and answers it. While a rotation is under way, answers its new one again:
        the manufacturer may have it already. Raises NotRegistered."""
        there = self._held()
        if len(there) > 1:
            return there[0]
        fresh = new_secret()
        self.write(f"{fresh} {there[0]}")
        return fresh

    def finish(self) -> bool:
        """Leaves the newest alone. Answers whether there was another. Raises NotRegistered."""
        there = self._held()
        if len(there) > 1:
            self.write(there[0])
        return len(there) > 1

    def _held(self) -> list[str]:
        if there := self.read().split():
            return there
        raise NotRegistered(f"There is no webhook secret {self.name}: register the manufacturer first.")


def register(world: Ports, store_of_secrets: Any, maker: Manufacturer, *, secret: str) -> None:
    """The secret first: a manufacturer that can be found can be signed for."""
    WebhookSecret.of(world, store_of_secrets, maker.manufacturer_id).write(secret)
    world.table.commit(store.registering(maker))


if __name__ == "__main__":
    sys.exit(main())
