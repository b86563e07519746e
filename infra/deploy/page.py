"""The page in its bucket: new files first, the document that names them last, then the CDN is told."""

import hashlib
import json
import mimetypes
from pathlib import Path
from typing import Any

from infra.deploy import say
from infra.deploy.account import Account
from infra.deploy.names import API_STAGE, NotPossible
from infra.local import environment, outside

# Their names change with their content.
HASHED = "assets/"
FOR_EVER = "public, max-age=31536000, immutable"
# Asked for again each time, answered with 304 when nothing has changed.
ASK_AGAIN = "no-cache"
ENTRY = "index.html"
CONFIG = "config.json"
_TYPES = {".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def upload(account: Account, outputs: dict[str, str], directory: Path = environment.PAGE) -> list[str]:
    """Uploads what differs and answers the keys, in order. Files of earlier versions stay for pages that are open.

    Raises NotPossible when the page is not built.
    """
    if not (directory / ENTRY).exists():
        raise NotPossible("The page is not built: run `make page`, then deploy again.")
    client, bucket = account.client("s3"), outputs["PageBucket"]
    there = _there(client, bucket)
    files = wanted(directory, outputs)
    changed = [key for key, body in files.items() if there.get(key) != hashlib.md5(body).hexdigest()]  # noqa: S324 - S3's own
    with say.bar("files", len(changed)) as progress:
        for key in changed:
            client.put_object(
                Bucket=bucket, Key=key, Body=files[key], ContentType=content_type(key), CacheControl=caching(key)
            )
            progress.update()
    say.line(f"{len(changed)} of {len(files)} files uploaded" if changed else "as it should be")
    _tell_cdn(account, outputs.get("DistributionId"), changed)
    return changed


def wanted(directory: Path, outputs: dict[str, str]) -> dict[str, bytes]:
    """Every file by key, in the order of upload: what is named before what names it."""
    found = {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }
    found[CONFIG] = config(outputs)
    order = sorted(found, key=lambda key: (key == ENTRY, key == CONFIG, not key.startswith(HASHED), key))
    return {key: found[key] for key in order}


def config(outputs: dict[str, str]) -> bytes:
    """What the page must know of its stage: where the API is, and how people sign in. Nothing of it is secret."""
    sign_in = {"way": "user_pool", "domain": outputs["SignInDomain"], "client_id": outputs["UserPoolClientId"]}
    return json.dumps({"api": f"/{API_STAGE}", "sign_in": sign_in}, indent=1).encode()


def caching(key: str) -> str:
    """The Cache-Control of a file."""
    return FOR_EVER if key.startswith(HASHED) else ASK_AGAIN


def content_type(key: str) -> str:
    """The Content-Type of a file."""
    kind = _TYPES.get(Path(key).suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def empty(account: Account, bucket: str) -> int:
    """Deletes every version of every object, and answers how many there were."""
    client, gone = account.client("s3"), 0
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for one in page.get("Versions", []) + page.get("DeleteMarkers", [])
        ]
        if found:
            answer = client.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
            if refused := answer.get("Errors"):
                raise NotPossible(f"{bucket} cannot be emptied: {refused[0]['Key']}: {refused[0]['Message']}")
            gone += len(found)
    return gone


def _there(client: Any, bucket: str) -> dict[str, str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {one["Key"]: one["ETag"].strip('"') for page in pages for one in page.get("Contents", [])}


def _tell_cdn(account: Account, distribution: str | None, changed: list[str]) -> None:
    """Hashed files are new names; the others may be held by an edge.

    A fresh reference each time: CloudFront takes a known one for a repetition, and would ask again for nothing.
    """
    paths = sorted(f"/{key}" for key in changed if not key.startswith(HASHED))
    if not distribution or not paths:
        return
    batch = {"Paths": {"Quantity": len(paths) + 1, "Items": ["/", *paths]}, "CallerReference": outside.fresh_id()}
    account.client("cloudfront").create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    say.line(f"told the CDN to ask again for {', '.join(paths)}")
