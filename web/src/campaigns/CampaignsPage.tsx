import { useCallback, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useLive } from "../live/useLive";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import { PageHeading } from "../ui/PageHeading";
import { Empty, Failed, Loading } from "../ui/States";
import { CampaignCard } from "./CampaignCard";
import "../styles/campaigns.css";

export function CampaignsPage() {
  const { t } = useSpeech();
  return (
    <div class="stack-wide">
      <div class="page-head">
        <PageHeading title={t("campaigns.title")}>{t("app.tagline")}</PageHeading>
        <p class="lead">{t("campaigns.lead")}</p>
      </div>
      <CampaignList />
    </div>
  );
}

function CampaignList() {
  const { t, problem } = useSpeech();
  const first = useLive("campaigns", () => groundswell.campaigns(null), 15_000);
  const [further, setFurther] = useState<{ items: Campaign[]; cursor: string | null } | null>(null);
  const [told, setTold] = useState<Told | null>(null);

  const cursor = further ? further.cursor : (first.value?.next_cursor ?? null);
  const more = useCallback(async () => {
    try {
      const page = await groundswell.campaigns(cursor);
      setFurther((was) => ({ items: [...(was?.items ?? []), ...page.items], cursor: page.next_cursor }));
      setTold(null);
    } catch (error) {
      setTold({ tone: "bad", text: problem(asProblem(error)) });
    }
  }, [cursor, problem]);

  if (!first.value) {
    return first.problem ? <Failed problem={first.problem} onRetry={first.reload} /> : <Loading lines={6} />;
  }
  const campaigns = distinct([...first.value.items, ...(further?.items ?? [])]);
  if (campaigns.length === 0) {
    return (
      <Empty title={t("campaigns.empty")}>
        <p class="muted">{t("campaigns.emptyDetail")}</p>
      </Empty>
    );
  }
  return (
    <div class="stack">
      <h2 class="visually-hidden">{t("campaigns.title")}</h2>
      <ul class="cards">
        {campaigns.map((campaign) => (
          <li key={campaign.campaign_id}>
            <CampaignCard campaign={campaign} />
          </li>
        ))}
      </ul>
      <Outcome told={told} />
      {cursor && <Button onClick={() => void more()}>{t("app.more")}</Button>}
    </div>
  );
}

/** The first page is refreshed while the further ones are not: a campaign that moved over is shown once. */
function distinct(campaigns: Campaign[]): Campaign[] {
  return [...new Map(campaigns.map((campaign) => [campaign.campaign_id, campaign])).values()];
}
