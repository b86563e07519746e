import type { Insight } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { byHour } from "./shapes";
import { useWords } from "./words";

const HEIGHT = 120;

/** First ballots by the hour as bars; the same as a table for those who do not see them. */
export function TurnoutChart({ turnout }: { turnout: Insight["turnout"] }) {
  const words = useWords();
  const { moment } = useSpeech();
  const hours = byHour(turnout);
  const most = Math.max(1, ...hours.map(({ ballots }) => ballots));
  const [first, last] = [hours[0], hours.at(-1)];
  return (
    <section class="panel stack" aria-labelledby="turnout-title">
      <h2 id="turnout-title">{words("turnout")}</h2>
      {!first || !last ? (
        <p class="muted">{words("turnoutNone")}</p>
      ) : (
        <>
          <p class="muted">
            {words("turnoutDetail")} {words("turnoutMost", { count: most })}.
          </p>
          <div aria-hidden="true">
            <svg class="turnout" width="100%" height={HEIGHT} focusable="false">
              {hours.map(({ hour, ballots }, index) => (
                <HourBar key={hour} place={index} hours={Math.max(12, hours.length)} share={ballots / most} />
              ))}
              <line class="turnout-ground" x1="0" x2="100%" y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
            </svg>
            <p class="turnout-ends">
              <span>{moment(first.hour)}</span>
              {hours.length > 1 && <span>{moment(last.hour)}</span>}
            </p>
          </div>
          <TurnoutTable turnout={turnout} />
        </>
      )}
    </section>
  );
}

function HourBar({ place, hours, share }: { place: number; hours: number; share: number }) {
  const width = 100 / hours;
  const height = share * (HEIGHT - 8);
  return (
    <rect
      class="bar-fill"
      x={`${place * width + width * 0.1}%`}
      width={`${width * 0.8}%`}
      y={HEIGHT - height}
      height={height}
      rx="2"
    />
  );
}

function TurnoutTable({ turnout }: { turnout: Insight["turnout"] }) {
  const words = useWords();
  const { moment, count } = useSpeech();
  return (
    <details class="details">
      <summary>{words("turnoutTable")}</summary>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{words("turnoutHour")}</th>
            <th scope="col">{words("turnoutBallots")}</th>
          </tr>
        </thead>
        <tbody>
          {turnout.map(({ hour, ballots }) => (
            <tr key={hour}>
              <th scope="row">{moment(hour)}</th>
              <td>{count(ballots)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
