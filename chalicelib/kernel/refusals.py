"""Refusals: every anticipated "no", in four families that know nothing of HTTP.

A slice names its own refusals beside its rules. The code is part of the API: it is the class name in snake case and
never changes.
"""

import re
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is a fact ("BatchFull"), not an error
    """A decision not to do what was asked. Nothing was changed and nothing was lost."""

    code: ClassVar[str] = "refusal"
    sentence: ClassVar[str] = "This cannot be done."

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.sentence
        super().__init__(self.detail)


class Missing(Refusal):
    """It does not exist, or is not for the one who asks: the two are answered alike."""


class Conflict(Refusal):
    """The request is sound, the present state does not allow it."""


class Invalid(Refusal):
    """The request itself is wrong; sending it again cannot help."""


class Forbidden(Refusal):
    """Known identity, wrong role."""


class Busy(Conflict):
    """Others were writing the same items at the same moment, several times in a row."""

    sentence = "Many people are doing this right now. Nothing was changed: please try again in a moment."
