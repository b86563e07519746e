"""What the features let a fan say beside variants and quantities."""

from typing import TYPE_CHECKING, Any

from tests.simulation.features import CODE, SPLIT

if TYPE_CHECKING:
    from tests.simulation.fans import Fan

HOUSES = (("1 Quay Street", "10115"), ("1 QUAY-STREET", "10 115"), ("2 Quay Street", "10115"))


def said(fan: "Fan", lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What the features let a fan say; what is left open is noted in the lines."""
    found: dict[str, Any] = {}
    for line in lines if "levels" in fan.features else ():
        line["quantity"] = fan.more.randint(1, 3)
        if fan.more.random() < 0.5:
            line["up_to"] = line["quantity"] + fan.more.randint(1, 3)
        if fan.more.random() < 0.5:
            line["second_choice"] = {"lens": "tele" if line["variant"]["lens"] == "wide" else "wide"}
    if fan.features & {"caps", "playbook"} and fan.more.random() < 0.6:
        found["only_if_unit_price_at_most_minor"] = fan.more.choice([8_000, 9_000, 9_500, 9_500, 10_000, 10_000])
    if "waves" in fan.features:
        found["access_code"] = fan.more.choice([CODE, CODE, CODE, None, CODE.upper()])
        fan.people.codes |= {fan.fan_id} if found["access_code"] == CODE else set()
    if SPLIT in fan.features:
        lines[0]["quantity"] = fan.more.randint(2, 6)
        found["may_split"] = fan.more.random() < 0.8
    if "households" in fan.features:
        street, postal_code = fan.more.choice(HOUSES)
        whole = {"name": fan.name, "city": "Berlin", "country": "DE", "street": street}
        found["address"] = {**whole, "postal_code": postal_code}
    return found
