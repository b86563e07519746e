"""Secrets: read from Secrets Manager, kept by the container for minutes, never logged, never in settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.plumbing.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# How long a container may go on with a secret that was changed meanwhile: a rotation waits this long before it ends.
KEPT = timedelta(minutes=5)


@dataclass
class Secrets:
    """Named secrets. A changed one is seen by every container after `KEPT`, without a deployment."""

    connect: "Callable[[], SecretsManagerClient]"
    clock: Clock
    known: dict[str, tuple[datetime, str]] = field(default_factory=dict, repr=False)

    def read(self, name: str) -> str:
        """The secret's text. Raises botocore's error when there is none."""
        # The time of day: while a container is frozen, a monotonic clock may stand still.
        now = self.clock.now()
        if name in self.known and now - self.known[name][0] < KEPT:
            return self.known[name][1]
        text = self.connect().get_secret_value(SecretId=name)["SecretString"]
        self.known[name] = now, text
        return text
