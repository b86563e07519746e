import { groundswell } from "../api/groundswell";
import type { Campaign, Preorder, Thread as Told } from "../api/types";
import { optionLabel } from "../campaigns/stage";
import { useSpeech } from "../i18n/Language";
import { useIdentity } from "../identity/Identity";
import { useLive } from "../live/useLive";
import { Failed, Loading } from "../ui/States";
import { variantWords } from "./VariantLines";
import { voteWords } from "./voteWords";

interface Props {
  preorder: Preorder;
  campaign: Campaign;
}

/** From the fan's vote over what was kept to the line of the manufacturing order. */
export function Thread({ preorder, campaign }: Props) {
  const { inBackground } = useIdentity();
  const id = preorder.preorder_id;
  const thread = useLive(`thread ${id} ${preorder.state}`, () => inBackground(({ token }) => groundswell.thread(id, token)));
  if (thread.value) return <Followed thread={thread.value} campaign={campaign} />;
  return thread.problem ? <Failed problem={thread.problem} onRetry={thread.reload} /> : <Loading />;
}

function Followed({ thread, campaign }: { thread: Told; campaign: Campaign }) {
  const speech = useSpeech();
  const { t, count } = speech;
  return (
    <div class="stack thread">
      {thread.features.map(({ feature_id: id, voted, kept }) => {
        const feature = campaign.features.find((one) => one.feature_id === id);
        if (!feature) return null;
        const said = voteWords(feature, voted, speech);
        const options = kept.map((option) => optionLabel(campaign, id, option)).join(", ");
        return (
          <div key={id}>
            <h3>{feature.title}</h3>
            <p>{said ? t("thread.voted", { vote: said }) : t("thread.notVoted")}</p>
            <p>{t("thread.kept", { count: kept.length, options })}</p>
          </div>
        );
      })}
      {thread.ballots !== null && <p class="muted">{t("thread.ballots", { count: thread.ballots })}</p>}
      <div>
        <h3>{t("thread.yours")}</h3>
        <ul class="bullets">
          {thread.lines.map(({ variant, quantity, order_line }, index) => {
            const line = `${count(quantity)} × ${variantWords(variant, campaign)}`;
            return (
              <li key={index}>
                {order_line === null ? t("thread.lineLater", { line }) : t("thread.line", { line, number: count(order_line) })}
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
