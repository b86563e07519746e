"""Random calls of the table, right and wrong ones, to be asked of two engines."""

import random
import re
from typing import Any

Request = dict[str, Any]
Call = tuple[str, Request]
TABLE = "groundswell-traces"
NAMES = {"#n": "n", "#m": "m", "#text": "text", "#flag": "flag", "#list": "list", "#x": "x", "#new": "new"}
VALUES: dict[str, dict[str, Any]] = {
    ":one": {"N": "1"},
    ":five": {"N": "5"},
    ":less": {"N": "-7"},
    ":word": {"S": "word"},
    ":w": {"S": "w"},
    ":true": {"BOOL": True},
    ":map": {"M": {"x": {"N": "2"}}},
    ":many": {"L": [{"N": "1"}, {"S": "word"}]},
}
CONDITIONS = [
    *("attribute_exists(#n)", "attribute_not_exists(#n)", "attribute_not_exists(#m.#x)", "attribute_exists(#m.#x)"),
    *("#n = :five", "#n <> :five", "#n < :five", "#n >= :one", "#n <= :word", "#text > :w", "#text = :word"),
    *("#n BETWEEN :one AND :five", "#n IN (:one, :five)", "#text IN (:word, :one)", "begins_with(#text, :w)"),
    *("#m.#x = :one", "#m.#x < :five", "#m = :map", "#list = :many", "#list[0] = :one", "#flag = :true"),
    *("size(#list) = :one", "size(#text) < :five", "size(#m) >= :one", "#flag < :true", "#n = #m.#x"),
    *("attribute_not_exists(#n) OR #n <= :five", "(attribute_not_exists(#text) OR #text <> :word) AND #n > :one"),
    *("NOT #n = :five", "attribute_not_exists(#new)"),
]
UPDATES = [
    *("SET #n = :one", "SET #n = #n + :one", "SET #n = :five - #n", "SET #n = if_not_exists(#n, :five)"),
    *("SET #n = if_not_exists(#n, :one) + :five", "SET #m.#x = :one", "SET #m.#new = :map", "SET #m.#new.#x = :word"),
    *("SET #m = :map", "SET #list = :many", "SET #list = list_append(#list, :many)", "SET #list[1] = :word"),
    *("SET #text = :word, #flag = :true", "SET #n = :one REMOVE #text", "ADD #n :less", "ADD #text :one"),
    *("ADD #n :five SET #text = :w", "ADD #n :word", "REMOVE #m.#x", "REMOVE #m.#new.#x", "REMOVE #list[0]"),
    *("REMOVE #n, #text", "SET #m = :map, #m.#x = :one", "SET #new = #text", "SET #n = :five ADD #n :one"),
    *("SET #m.#x = :one, #m.#new = :word", "ADD #m.#x :five", "SET #list[9] = :one", "ADD #new :five"),
]
QUERIES = ["#p = :pk", "#p = :pk AND begins_with(#s, :sk)", "#p = :pk AND #s <= :sk"]


class Traces:
    """One seed's calls. `tag` keeps its transactions' tokens apart from those of others."""

    def __init__(self, seed: int, tag: str) -> None:
        self.chance = random.Random(seed)
        self.tag = tag
        self.made: list[Request] = []

    def call(self) -> Call:
        roll = self.chance.random()
        if roll < 0.12:
            return "GetItem", {"TableName": TABLE, "Key": self.key(), "ConsistentRead": True}
        if roll < 0.2:
            return "BatchGetItem", self.several()
        if roll < 0.3:
            return "Query", self.query()
        if roll < 0.5:
            return "TransactWriteItems", self.transaction()
        kind, request = self.single(self.chance.choice(["Put", "Update", "Update", "Update", "Delete"]))
        request["ReturnValuesOnConditionCheckFailure"] = self.chance.choice(["ALL_OLD", "NONE"])
        if kind == "Update":
            request["ReturnValues"] = self.chance.choice(["ALL_NEW", "NONE"])
        return f"{kind}Item", request

    def key(self) -> Request:
        bad = self.chance.random() < 0.01
        return {"pk": {"S": self.chance.choice("AB")}, "sk": {"S": "" if bad else self.chance.choice(["1", "12", "2"])}}

    def item(self) -> Request:
        values = list(VALUES.values())
        whole = {name: self.chance.choice(values) for name in NAMES.values() if self.chance.random() < 0.3}
        usual = {"n": VALUES[":five"], "m": VALUES[":map"], "text": VALUES[":word"], "list": VALUES[":many"]}
        key = self.key()
        if self.chance.random() < 0.3:
            due = {"S": key["sk"]["S"] + key["pk"]["S"]}
            whole |= {"gsi2pk": {"S": "DUE"}, "gsi2sk": due if self.chance.random() < 0.8 else {"N": "1"}}
        return {**usual, **whole, **key}

    def single(self, kind: str) -> tuple[str, Request]:
        request: Request = {"TableName": TABLE}
        texts = []
        if kind == "Put":
            request["Item"] = self.item()
        else:
            request["Key"] = self.key()
        if kind == "Update":
            request["UpdateExpression"] = self.chance.choice(UPDATES)
            texts.append(request["UpdateExpression"])
        if kind == "ConditionCheck" or self.chance.random() < 0.5:
            request["ConditionExpression"] = self.chance.choice(CONDITIONS)
            texts.append(request["ConditionExpression"])
        return kind, {**request, **self.used(" ".join(texts))}

    def used(self, text: str) -> Request:
        """Names and values that the expressions mention; now and then one more, or one less."""
        found = set(re.findall(r"[#:]\w+", text))
        if found and self.chance.random() < 0.02:
            found ^= {self.chance.choice([*NAMES, *VALUES])}
        parts = {"ExpressionAttributeNames": NAMES, "ExpressionAttributeValues": VALUES}
        given = {part: {name: known[name] for name in known if name in found} for part, known in parts.items()}
        return {part: known for part, known in given.items() if known}

    def transaction(self) -> Request:
        if self.made and self.chance.random() < 0.15:
            return self.chance.choice(self.made)
        kinds = ["Put", "Update", "Update", "Delete", "ConditionCheck"]
        several = [self.single(self.chance.choice(kinds)) for _ in range(self.chance.randint(1, 3))]
        # The referee asks the conditions before it sees that an item comes twice; DynamoDB does not.
        writes = [{kind: one} for (kind, one) in {repr(_key(one)): (kind, one) for kind, one in several}.values()]
        token = f"{self.tag}-{len(self.made)}"
        if self.made and self.chance.random() < 0.05:
            # Another transaction under a used token; a sound one, or it would be refused for what it is.
            token = str(self.chance.choice(self.made)["ClientRequestToken"])
            writes = [{"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "A"}, "sk": {"S": token}}}}]
        self.made.append({"TransactItems": writes, "ClientRequestToken": token})
        return self.made[-1]

    def several(self) -> Request:
        keys = list({repr(key): key for key in (self.key() for _ in range(3))}.values())
        return {"RequestItems": {TABLE: {"Keys": keys, "ConsistentRead": self.chance.random() < 0.9}}}

    def query(self) -> Request:
        index = self.chance.choice(["", "", "gsi2"])
        condition = self.chance.choice(QUERIES)
        names, values = {"#p": f"{index}pk"}, {":pk": {"S": "DUE" if index else self.chance.choice("AB")}}
        if "#s" in condition:
            names, values = (
                {**names, "#s": f"{index}sk"},
                {**values, ":sk": {"S": self.chance.choice(["1", "12", "a"])}},
            )
        more = {"IndexName": index} if index else {"ConsistentRead": True}
        return {
            "TableName": TABLE,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": self.chance.random() < 0.5,
            "Limit": self.chance.randint(1, 4),
            **more,
        }


def _key(request: Request) -> tuple[Any, Any]:
    whole = request.get("Item") or request["Key"]
    return whole["pk"], whole["sk"]
