"""What a stage's things are called. Everything is found by these names again, so nothing has to be remembered."""

import re
from dataclasses import dataclass

APP = "groundswell"
# Chalice's name of the function that answers HTTP.
API_HANDLER = "api_handler"
API_STAGE = "api"
_STAGE = re.compile(r"[a-z][a-z0-9]{0,15}")
# Stages of these names are protected without being asked.
_PRODUCTION = {"prod", "production"}


class NotPossible(Exception):  # noqa: N818 - told as a fact, like a refusal
    """This cannot go on; the text says why and what to do next."""


@dataclass(frozen=True)
class Stage:
    """One installation, by name: lower-case letters and digits, beginning with a letter, at most 16."""

    name: str

    def __post_init__(self) -> None:
        if not _STAGE.fullmatch(self.name):
            raise NotPossible(
                f"{self.name!r} is no name for a stage: lower-case letters and digits, beginning with a letter, at "
                "most 16. For example: make deploy STAGE=dev"
            )

    @property
    def stack(self) -> str:
        return f"{APP}-{self.name}"

    @property
    def prefix(self) -> str:
        """How the names of background functions begin; the API's function is called like the stack."""
        return f"{self.stack}-"

    @property
    def is_production_by_name(self) -> bool:
        return self.name in _PRODUCTION

    def function(self, handler: str) -> str:
        """The Lambda function of one of Chalice's handlers."""
        return self.stack if handler == API_HANDLER else self.prefix + handler

    def handler(self, function: str) -> str:
        """The other way round."""
        return API_HANDLER if function == self.stack else function.removeprefix(self.prefix)

    def role(self, handler: str) -> str:
        return self.prefix + handler

    def log_group(self, handler: str) -> str:
        return f"/aws/lambda/{self.function(handler)}"
