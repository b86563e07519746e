"""Base models and the plain types that every slice shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Sent(BaseModel):
    """What a client sends: strict types, unknown fields refused, so that a misspelt field is never silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Kept(BaseModel):
    """What is stored and answered: unknown fields are ignored, so that old code can read what newer code wrote."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"), Field(examples=["colour"])]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Story = Annotated[str, StringConstraints(max_length=5000)]
Note = Annotated[str, StringConstraints(max_length=2000)]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Units = Annotated[int, Field(ge=0, le=10_000_000)]
Quantity = Annotated[int, Field(ge=1, le=100_000)]
