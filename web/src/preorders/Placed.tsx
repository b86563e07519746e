import { useLayoutEffect, useRef } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import type { Preorder } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useIdentity } from "../identity/Identity";
import { useLive } from "../live/useLive";
import { Link } from "../router/Router";
import { Button } from "../ui/Button";
import { lazily } from "../ui/lazily";
import type { Told } from "../ui/Outcome";
import { endedBadly } from "./standing";

const PaymentStanding = lazily("payment standing", async () => (await import("../payments/PaymentStanding")).PaymentStanding, "payment");

interface Props {
  placed: Preorder;
  /** The campaign takes money: then each part says where its payment stands. */
  paid: boolean;
  onAnother: () => void;
  /** The same once more: nothing of what was chosen and typed is asked again. */
  onAnotherCard: () => void;
}

/** The pre-order that was just placed, followed until its payment is secured. */
export function Placed({ placed, paid, onAnother, onAnotherCard }: Props) {
  const { t, money, count, reason } = useSpeech();
  const { session } = useIdentity();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const token = session?.token ?? "";
  const name = token ? `preorder ${placed.preorder_id}` : null;
  const followed = useLive(name, () => groundswell.preorder(placed.preorder_id, token), 2_000);
  const now = followed.value ?? placed;
  const ended = endedBadly(now.state);
  // The payment says more than the state does while that is all that the state depends on.
  const refused = paid && isForTheCard(now);
  const told = refused || (paid && now.state === "placed");
  // Of a split one the other part may stand: then only what is missing is to be ordered again.
  const anotherCard = refused && !placed.other_part;
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {t(ended ? "confirm.ended" : "confirm.done")}
      </h3>
      {!ended && (
        <p>
          {t("confirm.doneDetail", {
            units: t("configurator.units", { count: placed.units }),
            number: count(placed.batch_number),
            most: money(placed.total_most_minor, placed.currency),
          })}
        </p>
      )}
      {placed.other_part && <p>{t("preorders.otherPartElsewhere")}</p>}
      <div role="status">
        {!told && (
          <p class={`notice notice-${toneOf(now)}`}>
            <strong>{t(`preorder.${now.state}`)}.</strong> {reason(now.reason)} {t(`preorder.${now.state}Detail`)}
          </p>
        )}
      </div>
      {paid &&
        [now.preorder_id, now.other_part].map(
          (id) => id && <PaymentStanding key={id} preorderId={id} campaignId={now.campaign_id} version={now.state} />,
        )}
      <div class="actions actions-stacked">
        {ended && (
          <Button kind="primary" onClick={anotherCard ? onAnotherCard : onAnother}>
            {t(anotherCard ? "confirm.anotherCard" : "confirm.orderAgain")}
          </Button>
        )}
        <Link to={{ page: "preorders" }} class={`button button-${ended || told ? "plain" : "primary"}`}>
          {t("confirm.see")}
        </Link>
        {!ended && <Button onClick={onAnother}>{t("confirm.another")}</Button>}
      </div>
    </>
  );
}

/** It ended because of the card and nothing else. */
const isForTheCard = ({ reason }: Preorder) => reason === "payment_declined" || reason === "hold_expired";

function toneOf({ state }: Preorder): Told["tone"] {
  if (endedBadly(state)) return "bad";
  return state === "placed" ? "plain" : "good";
}
