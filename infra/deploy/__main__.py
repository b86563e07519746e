"""`make deploy STAGE=dev`: brings a stage to what this checkout says. Every step can be run again."""

import argparse
import sys

from infra.deploy import account as account_
from infra.deploy import command, config, functions, gateway, page, record, restored, say, smoke, sources
from infra.deploy.account import Account
from infra.deploy.names import NotPossible, Stage
from infra.deploy.stack import Stack

# The handler that the user pool tells of sign-ups.
SIGN_UPS = "remember_sign_up"


def main() -> int:
    asked = _asked()
    return command.run(lambda: _deploy(asked))


def _deploy(asked: argparse.Namespace) -> None:
    stage, account = Stage(asked.stage), account_.connect()
    parameters = _parameters(asked, stage) | restored.parameters(account, asked.table)
    deploy(account, stage, parameters, yes=asked.yes)


def deploy(account: Account, stage: Stage, parameters: dict[str, str], *, yes: bool) -> None:
    """From whatever is there to a stage that answers. Raises NotPossible at the first step that cannot be done."""
    say.step(f"Stage {stage.name} in {account.region} of account {account.number}")
    _not_elsewhere(account, stage)
    stack = Stack(account, stage)

    say.step("Stack: table, queues, user pool, buckets, alarms")
    stack.apply(parameters, yes=yes)
    outputs = stack.outputs()

    say.step("Functions: package, policies, API, schedules")
    functions.keep_logs(account, stage)
    sources.leave_former(account, stage, outputs)
    api_id = functions.deploy(account, stage, outputs, config.further(outputs.get("ExtraSettings", "")))

    say.step("Event sources")
    sources.apply(account, stage, outputs["StreamFailuresArn"])

    say.step("API stage: throttling, access log")
    gateway.apply(account, api_id, outputs)

    say.step("Stack once more, now that API and functions are known: CDN, rate limits, API alarms, the pool's trigger")
    stack.apply({"ApiId": api_id, "SignUpFunction": stage.function(SIGN_UPS)}, yes=True)
    outputs = stack.outputs()

    say.step("Page")
    page.upload(account, outputs)

    say.step("Looking from outside")
    smoke.look_from_outside(account, api_id, outputs.get("CdnUrl"))
    say.step(f"Stage {stage.name} is up")
    say.line(f"page  {outputs.get('PageUrl')}")
    if outputs.get("CdnUrl") != outputs.get("PageUrl"):
        say.line(f"CDN   {outputs.get('CdnUrl')}: where the name's DNS is to lead")
    say.line(f"API   {account.api_url(api_id, 'api')}")


def _not_elsewhere(account: Account, stage: Stage) -> None:
    """Roles are the account's, not a region's: a role without a stack here means that the stage is somewhere else."""
    if Stack(account, stage).describe() is not None:
        return
    for role in record.roles(account, stage, {"api_handler"}):
        policy = account.client("iam").get_role_policy(RoleName=role["RoleName"], PolicyName=role["RoleName"])
        region = record.region_in(policy["PolicyDocument"])
        if region not in {None, account.region}:
            raise NotPossible(
                f"A stage {stage.name!r} of this account lives in {region}, not in {account.region}. Run the command "
                f"with REGION={region}, or choose another STAGE: names of roles hold for all regions."
            )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--yes", action="store_true", help="apply the change set without asking")
    parser.add_argument("--production", choices=["yes", "no"], help="deletion protection; kept from the last time")
    parser.add_argument("--alarm-email", help="who is told when an alarm rings; kept from the last time")
    parser.add_argument(
        "--mail-sender", help="ARN of the SES address that sends sign-in codes; kept from the last time"
    )
    parser.add_argument("--domain", help="the page's own name; kept from the last time")
    parser.add_argument("--certificate", help="ARN of its certificate in us-east-1; kept from the last time")
    parser.add_argument(
        "--rate-limits", choices=["on", "off"], help="the firewall; kept from the last time, at first on"
    )
    parser.add_argument("--writes-per-address", help="in a minute, more are refused; kept from the last time")
    parser.add_argument("--writes-per-identity", help="the same of one token; kept from the last time")
    parser.add_argument(
        "--payments", choices=["simulated", "stripe"], help="who takes payments; kept from the last time"
    )
    parser.add_argument("--publishable-key", help="the provider's key for pages; kept from the last time")
    parser.add_argument(
        "--set", dest="settings", help="further settings as KEY=VALUE KEY=VALUE; kept from the last time"
    )
    parser.add_argument(
        "--table", help="name of a restored table to work on instead of the stack's own; `own` goes back"
    )
    return parser.parse_args()


def _parameters(asked: argparse.Namespace, stage: Stage) -> dict[str, str]:
    given = {
        "Stage": stage.name,
        "Production": asked.production or ("yes" if stage.is_production_by_name else None),
        "AlarmEmail": asked.alarm_email,
        "MailSenderArn": asked.mail_sender,
        "PageDomain": asked.domain,
        "CertificateArn": asked.certificate,
        "RateLimits": asked.rate_limits,
        "WritesPerAddress": asked.writes_per_address,
        "WritesPerIdentity": asked.writes_per_identity,
        "PaymentProvider": asked.payments,
        "PaymentPublishableKey": asked.publishable_key,
        "ExtraSettings": asked.settings,
    }
    return {name: value for name, value in given.items() if value is not None}


if __name__ == "__main__":
    sys.exit(main())
