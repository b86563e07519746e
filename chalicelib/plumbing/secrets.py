"""Secrets: read from Secrets Manager once per container, never logged, never in settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass
class Secrets:
    """Named secrets. A rotated one is seen by new containers, or by this one after `forget`."""

    connect: "Callable[[], SecretsManagerClient]"
    known: dict[str, str] = field(default_factory=dict, repr=False)

    def read(self, name: str) -> str:
        """The secret's text. Raises botocore's error when there is none."""
        if name not in self.known:
            self.known[name] = self.connect().get_secret_value(SecretId=name)["SecretString"]
        return self.known[name]

    def forget(self, name: str) -> None:
        """The next read asks again."""
        self.known.pop(name, None)
