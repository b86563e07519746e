"""Base models and the plain types that every slice shares."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Kept(BaseModel):
    """What is stored and answered: unknown fields are ignored, so that old code can read what newer code wrote.

    A validation error never repeats the value: it may be somebody's words, and errors are logged. A model is built when
    it is first used: a function loads forty and uses a few.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)


class Sent(Kept):
    """What a client sends. The door parses it strictly: exact types, and unknown fields refused at every depth, so that
    a misspelt field is never silently dropped."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False})


def _by_name(variant: dict[str, str]) -> dict[str, str]:
    return dict(sorted(variant.items()))


# feature_id -> option_id, always in one order: DynamoDB does not keep that of a map, and an order is the same to the
# byte whenever it is read.
Variant = Annotated[dict[str, str], AfterValidator(_by_name)]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"), Field(examples=["colour"])]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Story = Annotated[str, StringConstraints(max_length=5000)]
Note = Annotated[str, StringConstraints(max_length=2000)]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Units = Annotated[int, Field(ge=0, le=10_000_000)]
Quantity = Annotated[int, Field(ge=1, le=100_000)]
