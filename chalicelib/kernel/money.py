"""Money: integers in minor units of one ISO 4217 currency. There is no arithmetic on fractions anywhere."""

from typing import Annotated

from pydantic import Field, StringConstraints

# Ten billion minor units (100 million euros) is above any pre-sale and far below 2**53, which JavaScript can still
# count.
MOST_MINOR = 10_000_000_000

Minor = Annotated[int, Field(ge=0, le=MOST_MINOR, description="minor units of the currency, such as cents")]
Currency = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217 code", examples=["EUR"])
]
