import { useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import type { Preorder, PreorderChanges, SlipAnswer } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity, type Identity } from "../identity/Identity";
import { fanOf } from "../identity/session";
import { useLive } from "../live/useLive";
import { Link } from "../router/Router";
import { Button } from "../ui/Button";
import type { Told } from "../ui/Outcome";
import { PageHeading } from "../ui/PageHeading";
import { Empty, Failed, Loading, Stale } from "../ui/States";
import { PreorderCard } from "./PreorderCard";
import "../styles/ordering.css";
import "../styles/sale.css";

export function PreordersPage() {
  const { t } = useSpeech();
  const { session, arriving, signIn } = useIdentity();
  return (
    <div class="stack-wide narrow">
      <div class="page-head">
        <PageHeading title={t("preorders.title")} />
        <p class="lead">{t("preorders.lead")}</p>
      </div>
      {session && <OwnPreorders key={fanOf(session)} />}
      {arriving && <Loading lines={6} />}
      {!session && !arriving && (
        <Empty title={t("preorders.signIn")}>
          <Button kind="primary" onClick={signIn}>
            {t("signIn.open")}
          </Button>
        </Empty>
      )}
    </div>
  );
}

function OwnPreorders() {
  const { t, problem, money } = useSpeech();
  const identity = useIdentity();
  const [pages, setPages] = useState(1);
  const list = useLive(`preorders ${pages}`, () => loadPages(pages, identity), 5_000);

  const act = async (action: (token: string) => Promise<Preorder>, done: (preorder: Preorder) => string): Promise<Told> => {
    try {
      const preorder = await identity.asFan((fan) => action(fan.token));
      return { tone: "good", text: done(preorder) };
    } catch (error) {
      if (error instanceof SignInDeclined) return { tone: "plain", text: t("signIn.needed") };
      return { tone: "bad", text: problem(asProblem(error)) };
    } finally {
      list.reload();
    }
  };
  const withdraw = ({ preorder_id: id }: Preorder, title: string) =>
    act((token) => groundswell.withdraw(id, token), () => t("preorders.withdrawn", { title }));
  const change = ({ preorder_id: id }: Preorder, changes: PreorderChanges) =>
    act(
      (token) => groundswell.changePreorder(id, changes, token),
      (changed) => t("edit.done", { most: money(changed.total_most_minor, changed.currency) }),
    );
  const answer = ({ preorder_id: id }: Preorder, choice: SlipAnswer) =>
    act((token) => groundswell.answerSlip(id, choice, token), () => t("slip.done"));

  if (!list.value) return list.problem ? <Failed problem={list.problem} onRetry={list.reload} /> : <Loading lines={6} />;
  const { items } = list.value;
  if (items.length === 0) return <NoPreorders />;
  return (
    <div class="stack">
      <Stale problem={list.problem} />
      {items.map((preorder) => (
        <PreorderCard
          key={preorder.preorder_id}
          preorder={preorder}
          other={items.find((one) => one.preorder_id === preorder.other_part)}
          onWithdraw={withdraw}
          onChange={change}
          onAnswer={answer}
        />
      ))}
      {list.value.more && <Button onClick={() => setPages(pages + 1)}>{t("app.more")}</Button>}
    </div>
  );
}

/** Reads the first pages one after the other, so that the whole list shown is fresh. */
function loadPages(pages: number, { inBackground }: Identity) {
  return inBackground(async ({ token }) => {
    const items: Preorder[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < pages; page += 1) {
      const answer: Awaited<ReturnType<typeof groundswell.preorders>> = await groundswell.preorders(cursor, token);
      items.push(...answer.items);
      cursor = answer.next_cursor;
      if (!cursor) break;
    }
    return { items, more: cursor !== null };
  });
}

function NoPreorders() {
  const { t } = useSpeech();
  return (
    <Empty title={t("preorders.empty")}>
      <p class="muted">{t("preorders.emptyDetail")}</p>
      <Link to={{ page: "campaigns" }} class="button button-plain">
        {t("app.toCampaigns")}
      </Link>
    </Empty>
  );
}
