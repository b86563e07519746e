"""CPU of one pre-order through the deployed handler: ratio to the usual way (campaign and stock read, order and stock
in one transaction, boto3 with stock settings) on the same framework, medians of interleaved rounds. The table answers
at once, from another process; the sale is remembered, as in a container that is warm.
"""

import json
import statistics
import sys
from typing import Any

from tqdm import tqdm

from benchmarks import casting, report

ROUNDS = 15
WAYS = {"ours": "app", "usual": "benchmarks.usual_order"}
CAMPAIGN_ID = casting.CAMPAIGN_ID
CREATED = 201


def event() -> dict[str, Any]:
    """A pre-order as the gateway hands it over, its token verified."""
    path, resource = f"/v1/campaigns/{CAMPAIGN_ID}/preorders", "/v1/campaigns/{campaign_id}/preorders"
    asked = casting.event()
    headers = {**asked["headers"], "Idempotency-Key": "k-1"}
    context = {**asked["requestContext"], "httpMethod": "POST", "path": f"/api{path}", "resourcePath": resource}
    return {
        **asked,
        "resource": resource,
        "path": path,
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": context,
        "body": json.dumps({"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]}),
    }


def answers() -> dict[str, Any]:
    """What the table says to every call: the sale is open, and each write holds."""
    from benchmarks.selling import batches_of, campaign_of  # noqa: PLC0415 - after the settings have been exported
    from chalicelib.campaigns import store  # noqa: PLC0415
    from chalicelib.plumbing.typed_json import pack  # noqa: PLC0415

    campaign = campaign_of(500).model_copy(update={"campaign_id": CAMPAIGN_ID})
    [batch] = batches_of(campaign)
    far = {"closes_at": "2199-01-01T00:00:00.000Z", "ships_at": "2199-02-01T00:00:00.000Z"}
    page = {"pk": f"C#{CAMPAIGN_ID}#N#0001#K#001#P#00001", "sk": "P", "kind": "page", "n": 1, "v": 1}
    return {
        "GetItem": {"Item": pack({**store.item(campaign), "sold": 1})},
        "Query": {"Items": [pack({**batch, **far})]},
        "PutItem": {},
        "UpdateItem": {"Attributes": pack(page)},
        "TransactWriteItems": {},
    }


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    with casting.canned(answers()) as url:
        each = tqdm(range(rounds), desc="ordering", unit="round", file=sys.stderr, disable=None)
        ratios = [
            casting.measured("ours", url, bench="ordering") / casting.measured("usual", url, bench="ordering")
            for _ in each
        ]
    return {"place_cpu_ratio": round(statistics.median(ratios), 2)}


def table(results: report.Results) -> list[str]:
    ratio = results["place_cpu_ratio"]
    return report.table(["a pre-order", "CPU, ratio to the usual way"], [("Groundswell", ratio), ("the usual way", 1)])


if __name__ == "__main__":
    print(casting.cpu_of_a_request(WAYS[sys.argv[1]], event(), status=CREATED))
