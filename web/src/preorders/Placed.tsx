import { useLayoutEffect, useRef } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import type { Preorder } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { useIdentity } from "../identity/Identity";
import { useLive } from "../live/useLive";
import { Link } from "../router/Router";
import { Button } from "../ui/Button";
import type { Told } from "../ui/Outcome";
import { endedBadly } from "./standing";

/** The pre-order that was just placed, followed until its payment method is secured. */
export function Placed({ placed, onAnother }: { placed: Preorder; onAnother: () => void }) {
  const { t, money, count, reason } = useSpeech();
  const { session } = useIdentity();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const token = session?.token ?? "";
  const name = token ? `preorder ${placed.preorder_id}` : null;
  const followed = useLive(name, () => groundswell.preorder(placed.preorder_id, token), 2_000);
  const now = followed.value ?? placed;
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {t("confirm.done")}
      </h3>
      <p>
        {t("confirm.doneDetail", {
          units: t("configurator.units", { count: placed.units }),
          number: count(placed.batch_number),
          most: money(placed.total_most_minor, placed.currency),
        })}
      </p>
      {placed.other_part && <p>{t("preorders.otherPartElsewhere")}</p>}
      <p role="status" class={`notice notice-${toneOf(now)}`}>
        <strong>{t(`preorder.${now.state}`)}.</strong> {reason(now.reason)} {t(`preorder.${now.state}Detail`)}
      </p>
      <div class="actions actions-stacked">
        <Link to={{ page: "preorders" }} class="button button-primary">
          {t("confirm.see")}
        </Link>
        <Button onClick={onAnother}>{t("confirm.another")}</Button>
      </div>
    </>
  );
}

function toneOf({ state }: Preorder): Told["tone"] {
  if (endedBadly(state)) return "bad";
  return state === "placed" ? "plain" : "good";
}
