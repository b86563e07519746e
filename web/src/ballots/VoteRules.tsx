import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";

/** What holds for this vote, told before anybody casts: who may, and what happens to equals. */
export function VoteRules({ campaign }: { campaign: Campaign }) {
  const { t } = useSpeech();
  const { verified_email, earlier_customer, account_days } = campaign.eligibility;
  const asked = [
    verified_email && t("rules.verifiedEmail"),
    account_days !== null && t("rules.accountDays", { count: account_days }),
    earlier_customer && t("rules.earlierCustomer"),
  ].filter((sentence): sentence is string => Boolean(sentence));
  return (
    <dl class="rules">
      <dt>{t("rules.who")}</dt>
      {asked.length === 0 ? <dd>{t("rules.everybody")}</dd> : asked.map((sentence) => <dd key={sentence}>{sentence}</dd>)}
      <dt>{t("rules.ties")}</dt>
      <dd>
        {t("rules.draw")} <code>{campaign.tie_rule}</code>
      </dd>
    </dl>
  );
}
