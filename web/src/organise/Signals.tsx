import type { Campaign, Insight, Vote } from "../api/types";
import { answersIn, chosenIn, groupsIn, pointsIn } from "../ballots/votes";
import { useSpeech } from "../i18n/Language";
import { useWords } from "./words";

/** What may be ballot stuffing, or a coach full of friends: shown, and never acted upon. */
export function Signals({ campaign, insight }: { campaign: Campaign; insight: Insight }) {
  const words = useWords();
  const { moment, count } = useSpeech();
  const { alike, sign_up_bursts: bursts } = insight;
  return (
    <section class="panel stack" aria-labelledby="signals-title">
      <h2 id="signals-title">{words("signals")}</h2>
      <p class="muted">{words("signalsDetail")}</p>
      {alike.length + bursts.length === 0 && <p>{words("signalsNone")}</p>}
      <ul class="signals">
        {bursts.map(({ since, voters, usual }) => (
          <li key={since}>{words("burst", { count: voters, since: moment(since), usual: count(usual) })}</li>
        ))}
        {alike.map((group, place) => (
          <li key={place}>
            <p>{words("alike", { count: group.ballots, expected: count(group.expected) })}</p>
            <p class="muted">{words("alikeWhen", { first: moment(group.first_cast_at), last: moment(group.last_cast_at) })}</p>
            <dl class="rules">
              {campaign.features
                .filter((feature) => group.votes[feature.feature_id])
                .map((feature) => (
                  <div key={feature.feature_id}>
                    <dt>{feature.title}</dt>
                    <dd>{saying(group.votes[feature.feature_id]!, feature)}</dd>
                  </div>
                ))}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A vote in a line. */
function saying(vote: Vote, feature: Campaign["features"][number]): string {
  const label = (id: string) => feature.options.find((option) => option.option_id === id)?.label ?? id;
  switch (feature.method) {
    case "score":
      return Object.entries(pointsIn(vote)).map(([id, points]) => `${label(id)} ${points}`).join(", ");
    case "ranked":
      return groupsIn(vote).map((group) => group.map(label).join(" = ")).join(" › ");
    case "best_worst":
      return answersIn(vote).map(({ best, worst }) => `+ ${label(best)} − ${label(worst)}`).join("; ");
    default:
      return chosenIn(vote).map(label).join(", ");
  }
}
