"""How much the table's own conversion saves against boto3's, on a campaign of 600 options. Prints a ratio of CPU
times of one run.

.venv/bin/python -m benchmarks.typed_json
"""

import time
from collections.abc import Callable
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from chalicelib.plumbing import typed_json

ROUNDS = 30


def campaign() -> dict[str, Any]:
    options = [{"option_id": f"o{n}", "label": f"Option {n}", "surcharge_minor": n, "parts": []} for n in range(200)]
    features = [{"feature_id": f"f{n}", "title": "Feature", "keep": 200, "options": options} for n in range(3)]
    return {"pk": "C#1", "sk": "META", "features": features, "selectable": {}}


def seconds(convert: Callable[[], Any]) -> float:
    convert()
    started = time.process_time()
    for _ in range(ROUNDS):
        convert()
    return (time.process_time() - started) / ROUNDS


def main() -> None:
    plain = campaign()
    typed = typed_json.pack(plain)
    write, read = TypeSerializer().serialize, TypeDeserializer().deserialize
    theirs = (
        seconds(lambda: {name: write(value) for name, value in plain.items()}),
        seconds(lambda: {name: read(value) for name, value in typed.items()}),
    )
    ours = seconds(lambda: typed_json.pack(plain)), seconds(lambda: typed_json.unpack(typed))
    for name, their, our in zip(("pack", "unpack"), theirs, ours, strict=True):
        print(f"{name}: boto3 {their * 1000:.2f} ms, ours {our * 1000:.2f} ms, ratio {our / their:.2f}")


if __name__ == "__main__":
    main()
