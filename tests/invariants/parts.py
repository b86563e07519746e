"""What must hold of pre-orders that were split."""

from tests.invariants.items import Items, claims, of


def parts_have_room_together(items: Items) -> None:
    """S1, S2: whoever was cut in two has room with both parts or with none, whatever became of each later; the parts
    name each other and lie in two batches. At every instant."""
    claimed = {claim["preorder_id"] for claim in claims(items)}
    batches = {claim["preorder_id"]: claim["batch_number"] for claim in claims(items)}
    preorders = {preorder["preorder_id"]: preorder for preorder in of(items, "preorder")}
    for preorder_id, preorder in preorders.items():
        other_id = preorder.get("other_part")
        if other_id is None or preorder_id not in claimed:
            continue
        assert other_id in claimed, f"one part has room, the other is {preorders[other_id]['state']} without"
        assert preorders[other_id].get("other_part") == preorder_id, "the parts of a pre-order do not name each other"
        rolled = preorder.get("rolls") or preorders[other_id].get("rolls")
        assert rolled or batches[other_id] != batches[preorder_id], "both parts are in one batch"
