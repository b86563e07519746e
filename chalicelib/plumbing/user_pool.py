"""The stage's user pool, as far as functions write into it; people are known by their tokens, see identity."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Seconds since 1970 as text. Only the pool's own trigger writes it: the app client may read it and nothing more.
REGISTERED_AT = "custom:registered_at"


@dataclass
class UserPool:
    """A Cognito user pool, connected to when first used."""

    connect: Callable[[], Any]

    def write(self, pool_id: str, username: str, attributes: dict[str, str]) -> None:
        """Sets attributes of one person, whatever stood there. Raises botocore's errors."""
        listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
        self.connect().admin_update_user_attributes(UserPoolId=pool_id, Username=username, UserAttributes=listed)
