"""A campaign with every way to vote, and fans who vote in it past the page."""

from typing import Any

from infra.local import tokens
from tests.people import claims_of
from tests.world import World


def feature(name: str, method: str, options: str, **more: Any) -> dict[str, Any]:
    """A feature whose options are words; their labels are the same with a capital."""
    named = [{"option_id": option, "label": option.capitalize()} for option in options.split()]
    return {"feature_id": name, "title": name.capitalize(), "method": method, "options": named, **more}


def every_method() -> list[dict[str, Any]]:
    return [
        feature("colour", "plurality", "red blue"),
        feature("lens", "approval", "wide tele macro", keep=2, budget=2),
        feature("grip", "score", "leather rubber cork"),
        feature("strap", "ranked", "wrist neck sling none", keep=2),
        feature("bonus", "best_worst", "pouch film filter cap case", quorum=2),
    ]


def vote(world: World, campaign_id: str, name: str, votes: dict[str, Any]) -> None:
    """Casts as the fan of this name who could also sign in on the page."""
    claims = claims_of(name) | {"aud": tokens.AUDIENCE, "sub": tokens.claims(name, "fan")["sub"]}
    reply = world.person(claims).put(f"/v1/campaigns/{campaign_id}/ballot", {"votes": votes})
    assert reply.status == 200, reply.text
