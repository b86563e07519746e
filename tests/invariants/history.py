"""Which changes of an item are lawful: told by the stream, checked one by one."""

from collections.abc import Iterable
from typing import Any

Item = dict[str, Any]

ANSWERS_AFTER = {
    "issued": ("received", "accepted", "accepted_with_changes", "rejected"),
    "received": ("accepted", "accepted_with_changes", "rejected"),
}
MOVES = {
    "campaign": {
        "draft": ("voting", "cancelled"),
        "voting": ("settled", "cancelled"),
        "settled": ("preselling", "cancelled"),
        "preselling": ("closed", "cancelled"),
    },
    "batch": {
        "open": ("confirmed", "short", "cancelled"),
        "confirmed": ("open", "locked", "cancelled"),
        "locked": ("collecting", "cancelled"),
        "collecting": ("ordered", "short", "cancelled"),
    },
    "preorder": {
        "wanted": ("secured", "lapsed", "withdrawn", "refused"),
        "refused": ("wanted",),
        "secured": ("locked", "lapsed", "withdrawn"),
        "locked": ("paid", "dropped", "lapsed"),
        "paid": ("ordered", "refunded"),
    },
    "payment": {
        "requested": ("action_required", "secured", "declined", "releasing"),
        "action_required": ("secured", "declined", "releasing"),
        "secured": ("collecting", "releasing"),
        "collecting": ("overdue", "dropped", "paid", "releasing"),
        "overdue": ("dropped", "paid", "releasing"),
        "dropped": ("releasing",),
        "paid": ("releasing",),
        "releasing": ("released",),
    },
    "provider_event": {"received": ("heard", "unknown", "parked"), "unknown": ("heard", "parked")},
    "slip": {"announced": ("closed",)},
    "order": ANSWERS_AFTER,
    "waiting_entry": {
        "waiting": ("offered", "left"),
        "offered": ("taken", "lapsed", "left"),
        **dict.fromkeys(("taken", "lapsed", "left"), ("waiting",)),
        **dict.fromkeys(("entered", "withdrawn"), ("offered", "waiting", "lapsed")),  # by a draw
    },
    "draw_entry": {"entered": ("withdrawn",), "withdrawn": ("entered",)},
    "draw": {"entering": ("listed", "void"), "listed": ("held",), "held": ("told",)},
}
WRITTEN_ONCE = (
    "voting_closed_at",
    "closed_at",
    "selectable",
    "confirmed_at",
    "locked_at",
    "prolonged_at",
    "top_up_until",
    "missing_units",
    "ended_at",
    "final_units",
    "final_unit_price_minor",
    "order_id",
    "final_total_minor",
    "delivered_at",
    "issued_at",
    "commitment",
    "list_hash",
    "seed",
)
NEVER_CHANGED = ("result", "result_feature", "proof", "order_lines", "draw_seed", "draw_list", "draw_ranks", "ledger")


def history_is_lawful(changes: Iterable[tuple[Item, Item]]) -> None:
    """B1, B2, M8: every change of every item, as (before, after), is one that is allowed; what is announced stands."""
    for old, new in changes:
        kind, before, after = new.get("kind") or old.get("kind"), old.get("state"), new.get("state")
        assert not (old and new and kind in NEVER_CHANGED), f"a {kind} was written twice"
        if old and new and before != after:
            assert after in MOVES[str(kind)].get(str(before), ()), f"a {kind} went from {before} to {after}"
        if old and new and kind == "ballot":
            assert old["cast_at"] <= new["cast_at"], "an older ballot replaced a newer one"
        if old and new and kind == "page":
            for name in ("n", "b", "v", "z"):
                assert old.get(name, 0) <= new.get(name, 0), f"{name} of a page shrank"
            assert new["n"] == old["n"] or "z" not in old, "a sealed page took a claim"
        overruled = len(new.get("overrulings", ())) > len(old.get("overrulings", ()))
        for name in WRITTEN_ONCE:
            if name == "selectable" and overruled:
                continue
            assert not (new and name in old) or old[name] == new.get(name), f"{name} of a {kind} was changed"
