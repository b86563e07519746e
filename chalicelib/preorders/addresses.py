"""Where a pre-order goes to, and what makes two addresses one household. Pure."""

import hashlib
import hmac
import unicodedata
from typing import Annotated

from pydantic import StringConstraints

from chalicelib.campaigns.waves import Country
from chalicelib.kernel.words import Sent

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Address(Sent):
    """Where it is sent. Kept with the fan's own pre-order and shown to nobody else; `country` is ISO 3166 alpha-2."""

    name: Line
    street: Line
    city: Line
    postal_code: Annotated[str, StringConstraints(min_length=1, max_length=20, strip_whitespace=True)]
    country: Country
    region: Line | None = None


def household(salt: str, address: Address) -> str:
    """A pseudonym of everybody at this address in one campaign: country, postal code and street, however they are
    spaced, hyphenated, accented or capitalised. Without the campaign's salt it tells nothing of the address."""
    place = "\n".join([address.country, _plain(address.postal_code), _plain(address.street)])
    return hmac.digest(salt.encode(), f"household\n{place}".encode(), hashlib.sha256).hex()[:32]


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
