"""`make rehearse`: the real deployment against an emulator, the story on what was deployed, taking it away."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from infra.deploy import account, record
from infra.deploy.names import Stage
from infra.deploy.stack import Stack
from infra.local import engine, environment, lifetime, manufacturer
from infra.local.api import Api, Unexpected
from infra.rehearsal import guards, story
from infra.rehearsal.sign_in import NotSignedIn, Pool

STAGE = "rehearsal"
ENGINE = "infra.emulators.ministack"
# Where the page would be; nobody listens there, only the address comes back.
_PAGE = "http://localhost:8000/"
_MAKER = "maker@works.example"


def main() -> int:
    lifetime.follow_parent_if_asked()
    environment.forget_foreign()
    began = time.monotonic()
    try:
        figures = rehearse()
    except (story.NotAsTold, NotSignedIn, Unexpected, engine.EngineDown, subprocess.CalledProcessError) as problem:
        print(f"\nThe rehearsal failed: {problem}", file=sys.stderr)
        return 1
    print(f"\nRehearsed in {time.monotonic() - began:.0f} s: {figures}")
    return 0


def rehearse() -> dict[str, Any]:
    with ExitStack() as parts:
        state = Path(tempfile.mkdtemp(prefix="groundswell-rehearsal-"))
        parts.callback(shutil.rmtree, state, ignore_errors=True)
        url = parts.enter_context(engine.running(environment.LOCAL / "rehearsal.log", ENGINE, state=state))
        environment.export(environment.credentials(url))
        secret = manufacturer.new_secret()
        maker = manufacturer.SampleManufacturer(secret, sign_in=lambda: _pool().sign_in(_MAKER))
        # It listens before there is an API to answer through: the stage's settings name its address.
        listening = parts.enter_context(manufacturer.listening(maker))
        with _timed("the first deployment"):
            # No emulator has a firewall in front of an API: see docs/RUNBOOK.md for what was not rehearsed.
            settings = f"OUTBOUND_ALLOW={listening.host} DRAIN_SECONDS=1"
            _run("infra.deploy", "--yes", "--rate-limits", "off", "--set", settings)
        api_url = _api_url()
        parts.enter_context(manufacturer.answering(maker, api_url))
        figures = _perform(api_url, maker, secret, listening.url, state)
        with _timed("a second deployment, which changes nothing"):
            before = _inventory()
            _run("infra.deploy", "--yes")
            if _inventory() != before:
                raise story.NotAsTold(f"the second deployment changed something: {before} became {_inventory()}")
        with _timed("taking it away"):
            _run("infra.deploy.destroy", "--yes")
        if left := _left():
            raise story.NotAsTold(f"after the destruction there is still {left}")
        return figures


def _perform(api_url: str, maker: Any, secret: str, orders_url: str, state: Path) -> dict[str, Any]:
    pool = _pool()
    register = ["--id", manufacturer.SAMPLE_ID, "--name", manufacturer.SAMPLE_NAME, "--url", orders_url]
    _run("tools.manufacturer", *register, "--secret", secret)
    with _timed("people signing up, and in with a code by e-mail"):
        pool.enrol("olga@brand.example", group="organisers")
        pool.enrol(_MAKER, group="manufacturers", manufacturer_id=manufacturer.SAMPLE_ID)
        fans = [f"fan{number}@example.org" for number in range(story.FANS)]
        for fan in fans:
            pool.sign_up(fan)
        cast = story.Cast(pool.sign_in("olga@brand.example"), [pool.sign_in(fan) for fan in fans], maker)
    if wrong := [one for fan in cast.fans for one in guards.account_problems(fan)]:
        raise story.NotAsTold("the fans' accounts: " + "; ".join(wrong))
    key = state / "cognito-pool-keys" / f"{pool.user_pool_id}-id.pem"
    if wrong := guards.problems(api_url, cast.fans[0], key):
        raise story.NotAsTold("the gateway: " + "; ".join(wrong))
    print("   the gateway lets in whom it must, and nobody else", flush=True)
    with _timed("the story, from the first vote to the order"):
        return story.tell(Api(api_url), cast)


def _outputs() -> dict[str, str]:
    return Stack(account.connect(), Stage(STAGE)).outputs()


def _api_url() -> str:
    here = account.connect()
    (api_id,) = record.apis(here, Stage(STAGE))
    return here.api_url(api_id, "api")


def _pool() -> Pool:
    here, outputs = account.connect(), _outputs()
    login = str(here.emulator)
    return Pool(login, outputs["UserPoolId"], outputs["UserPoolClientId"], _PAGE, here.client("cognito-idp"))


def _inventory() -> dict[str, list[str]]:
    """What there is, by names and settings that a deployment must not change by itself."""
    here, stage = account.connect(), Stage(STAGE)
    functions = [one["FunctionName"] for one in record.functions(here, stage)]
    mappings = [one for name in functions for one in record.mappings(here, name)]
    return {
        "functions": functions,
        "code": sorted(one["CodeSha256"] for one in record.functions(here, stage)),
        "mappings": sorted(_settled(one) for one in mappings),
        "rules": sorted(record.rules(here, stage)),
        "apis": record.apis(here, stage),
        "roles": [one["RoleName"] for one in record.roles(here, stage, map(stage.handler, functions))],
    }


def _settled(mapping: dict[str, Any]) -> str:
    passing = {"LastModified", "LastProcessingResult", "State", "StateTransitionReason", "ResponseMetadata"}
    return repr(sorted((name, value) for name, value in mapping.items() if name not in passing))


def _left() -> list[str]:
    here, stage = account.connect(), Stage(STAGE)
    found = [one["FunctionName"] for one in record.functions(here, stage)] + record.rules(here, stage)
    found += record.apis(here, stage) + here.client("dynamodb").list_tables()["TableNames"]
    found += here.client("sqs").list_queues().get("QueueUrls", [])
    found += [bucket["Name"] for bucket in here.client("s3").list_buckets()["Buckets"]]
    found += [secret["Name"] for secret in here.client("secretsmanager").list_secrets()["SecretList"]]
    found += [role["RoleName"] for role in here.client("iam").list_roles()["Roles"]]
    found += [pool["Name"] for pool in here.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]]
    found += [topic["TopicArn"] for topic in here.client("sns").list_topics()["Topics"]]
    found += [alarm["AlarmName"] for alarm in here.client("cloudwatch").describe_alarms()["MetricAlarms"]]
    found += [group["logGroupName"] for group in here.client("logs").describe_log_groups()["logGroups"]]
    if Stack(here, stage).describe() is not None:
        found.append(stage.stack)
    return found


def _run(module: str, *arguments: str) -> None:
    """A command of the project, as a person runs it."""
    command = [sys.executable, "-m", module, "--stage", STAGE, *arguments]
    subprocess.run(command, check=True, cwd=environment.ROOT)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    print(f"\n>> {what}", flush=True)
    yield
    print(f"<< {what}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
