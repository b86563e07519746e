"""What must hold of draws, recomputed from the stored lists: written from docs/DRAWS.md, not from the code."""

import hashlib

from tests.invariants.items import Item, Items, of, pages


def draws_are_what_the_seed_makes_them(items: Items) -> None:
    """At every instant: list, hash, ranks and units of each draw, as far as it has come."""
    for head in of(items, "draw"):
        seed = next(one["seed"] for one in of(items, "draw_seed") if key_of(one) == (head["campaign_id"], head["wave"]))
        assert head["commitment"] == digits(seed), "the commitment is of another seed"
        assert ("seed" in head) == (head["state"] in ("held", "told")), f"a draw that is {head['state']}: its seed"
        if "list_hash" not in head:
            continue
        entries = listed(items, head)
        lines = [f"{name} {units} {'all' if whole else 'up_to'}" for name, units, whole in entries]
        first = f"groundswell:draw:1:{head['campaign_id']}:{head['wave']}:{head['units']}"
        assert entries == sorted(entries), "the list is out of order"
        assert head["list_hash"] == digits("\n".join([first, *lines])), "the hash is of another list"
        if "seed" in head:
            assert head["seed"] == seed, "another seed was revealed"
            _agrees(items, head, entries)


def _agrees(items: Items, head: Item, entries: list[tuple[str, int, bool]]) -> None:
    drawn = held(head, entries)
    written = {tuple(pair) for pair in zip([name for name, *_ in entries], ranks(items, head), strict=True)}
    assert written == set(drawn.items()), "the published ranks are not those of the draw"
    for one in items:
        if one.get("wave") != head["wave"] or one.get("campaign_id") != head["campaign_id"] or "entry_id" not in one:
            continue
        if one["kind"] == "waiting_entry":
            assert (one["rank"], one["allotted"]) == drawn[one["entry_id"]], "an entry was told something else"
            assert one["rank"] <= head.get("told", 0), "an entry was told out of turn"
            whole = one["state"] != "offered" or one["offer"]["units"] == one["allotted"] or one.get("listed_as")
            assert whole, "an entry is offered something else than was drawn"


def held(head: Item, entries: list[tuple[str, int, bool]]) -> dict[str, tuple[int, int]]:
    """(rank, units) of each entry."""
    room, found = head["units"], {}
    order = sorted(entries, key=lambda one: digits(f"{head['seed']}:{head['list_hash']}:{one[0]}"))
    for rank, (name, units, whole) in enumerate(order, start=1):
        takes = units if units <= room else 0 if whole else room
        found[name] = rank, takes
        room -= takes
    return found


def drawn_room_is_kept(items: Items) -> None:
    """At every instant: nobody is in what is kept for a draw, and what was drawn is cut as it was drawn."""
    sealed = {(batch["campaign_id"], batch["number"]) for batch in of(items, "batch") if "sealing_at" in batch}
    places = {(mine, int(page["pk"].split("#")[5])) for mine, page in pages(items) if "z" not in page}
    for batch in of(items, "batch"):
        mine = batch["campaign_id"], batch["number"]
        for number, book in enumerate(batch["books"], start=1):
            kept = mine not in sealed and book.get("draw")
            assert not (kept and (mine, number) in places), f"somebody is in room that is kept for a draw: {mine}"
    for head in of(items, "draw"):
        if head.get("books"):
            [batch] = [
                one
                for one in of(items, "batch")
                if (one["campaign_id"], one["number"]) == (head["campaign_id"], head["batch_number"])
            ]
            drawn = held(head, listed(items, head))
            for size, number in head["books"].items():
                units = sum(allotted for _, allotted in drawn.values() if allotted == int(size))
                book = batch["books"][number - 1]
                assert (book["units"], book["each"], book["wave"]) == (units, int(size), head["wave"]), "cut otherwise"


def draws_come_to_an_end(items: Items) -> None:
    """At rest: no draw stays half told, and no entry of a draw that is over waits to be drawn."""
    heads = {(head["campaign_id"], head["wave"]): head for head in of(items, "draw")}
    for head in heads.values():
        assert head["state"] != "held", "a draw was held and not told"
        assert head["state"] != "told" or head.get("told", 0) == head["entries"], "not every entry was told"
    for one in of(items, "draw_entry"):
        state = heads[one["campaign_id"], one["wave"]]["state"]
        assert one["state"] == "withdrawn" or state != "told", "an entry was forgotten"


ALL = (draws_are_what_the_seed_makes_them, drawn_room_is_kept, draws_come_to_an_end)


def listed(items: Items, head: Item) -> list[tuple[str, int, bool]]:
    """The list, as far as the head says that it goes."""
    lines = [line.split() for page in _pages(items, head, "L") for line in page["entries"].split("\n")]
    return [(name, int(units), whole == "1") for name, units, whole in lines]


def ranks(items: Items, head: Item) -> list[tuple[int, int]]:
    lines = [line.split() for page in _pages(items, head, "R") for line in page["drawn"].split("\n")]
    return [(int(rank), int(units)) for rank, units in lines]


def _pages(items: Items, head: Item, letter: str) -> Items:
    pk = f"C#{head['campaign_id']}#D#{head['wave']:02d}#L"
    found = sorted((one for one in items if one["pk"] == pk and one["sk"][0] == letter), key=lambda one: one["sk"])
    return found[: head["list_pages"]]


def key_of(secret: Item) -> tuple[str, int]:
    return secret["pk"].split("#")[1], int(secret["sk"].split("#")[1])


def digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
