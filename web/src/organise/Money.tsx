import type { Campaign } from "../api/types";
import { useBatches } from "../batches/useBatches";
import { useSpeech } from "../i18n/Language";
import { useIdentity } from "../identity/Identity";
import { useLive } from "../live/useLive";
import { astrayMinor, shownBalances } from "../payments/accounts";
import { download, ledgerFile } from "../payments/ledgerFile";
import { payments } from "../payments/routes";
import type { Balances, CollectedBatch } from "../payments/types";
import { Button } from "../ui/Button";
import { Outcome } from "../ui/Outcome";
import { Failed, Loading } from "../ui/States";
import { Disputes } from "./Disputes";
import { OpenRefunds } from "./OpenRefunds";
import { useMoneyWords } from "./moneyWords";
import { useActing } from "./useActing";

const EVERY_MS = 15_000;

/** A campaign's money: where it is, what is still being collected, what is still to come back, and all of it as a file. */
export function Money({ campaign }: { campaign: Campaign }) {
  const words = useMoneyWords();
  const { inBackground } = useIdentity();
  const id = campaign.campaign_id;
  const balances = useLive(`balances ${id}`, () => inBackground(({ token }) => payments.balances(id, token)), EVERY_MS);
  return (
    <section class="panel stack" aria-labelledby="money-title">
      <h2 id="money-title">{words("money")}</h2>
      <p class="muted">{words("moneyDetail")}</p>
      <Collecting campaignId={id} currency={campaign.currency} />
      {!balances.value && balances.problem && <Failed problem={balances.problem} onRetry={balances.reload} />}
      {!balances.value && !balances.problem && <Loading lines={4} />}
      {balances.value && <Accounts balances={balances.value} />}
      <LedgerFile campaignId={id} />
      <OpenRefunds campaignId={id} currency={campaign.currency} />
      <Disputes campaignId={id} />
    </section>
  );
}

/** What drop-outs can cost of batches that fill; how far one is that is locked and waits for its balances. */
function Collecting({ campaignId, currency }: { campaignId: string; currency: string }) {
  const words = useMoneyWords();
  const { count, moment, money } = useSpeech();
  const batches = useBatches(campaignId, EVERY_MS);
  // Until the lock: what an organiser agrees to when a batch is locked.
  const open = (batches.value?.items ?? []).filter(
    (batch) => (batch.state === "open" || batch.state === "confirmed") && (batch.carried_most_minor ?? 0) > 0,
  );
  const collecting = (batches.value?.items ?? []).filter((batch) => batch.state === "collecting") as CollectedBatch[];
  return (
    <>
      {open.map(({ number, carried_most_minor: carried }) => (
        <p key={number}>{words("carried", { number: count(number), most: money(carried ?? 0, currency) })}</p>
      ))}
      {collecting.map(({ number, collected_units: collected = 0, final_units: units, secured_units: secured, grace_until: until }) => (
        <p key={number} class="notice">
          {words("collecting", { number: count(number), collected: count(collected), count: units ?? secured })}{" "}
          {until && words("collectingUntil", { moment: moment(until) })}
        </p>
      ))}
    </>
  );
}

function Accounts({ balances }: { balances: Balances }) {
  const words = useMoneyWords();
  const { money } = useSpeech();
  const astray = astrayMinor(balances);
  if (balances.transactions === 0) return <p>{words("moneyNone")}</p>;
  return (
    <>
      <div class="wide">
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{words("account")}</th>
              <th scope="col">{words("balance")}</th>
            </tr>
          </thead>
          <tbody>
            {shownBalances(balances).map(({ account, minor }) => (
              <tr key={account}>
                <th scope="row">{words(`account.${account}`)}</th>
                <td>{money(minor, balances.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {astray === 0 ? (
        <p class="muted">{words("moneySum", { count: balances.transactions })}</p>
      ) : (
        <p class="notice notice-bad" role="alert">
          {words("moneyAstray", { amount: money(Math.abs(astray), balances.currency) })}
        </p>
      )}
    </>
  );
}

function LedgerFile({ campaignId }: { campaignId: string }) {
  const words = useMoneyWords();
  const { told, working, act } = useActing(() => {});
  const fetchAll = () =>
    act(
      async (token) => download(await ledgerFile((cursor) => payments.ledgerPart(campaignId, cursor, token)), `ledger-${campaignId}.csv`),
      words("csvDone"),
    );
  return (
    <>
      <div class="actions">
        <Button working={working} onClick={() => void fetchAll()}>
          {words(working ? "csvWorking" : "csv")}
        </Button>
      </div>
      <Outcome told={told} />
    </>
  );
}
