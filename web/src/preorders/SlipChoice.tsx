import { useState } from "preact/hooks";
import type { Preorder, SlipAnswer } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import type { OpenSlip } from "./slips";

interface Props {
  preorder: Preorder;
  open: OpenSlip;
  now: number;
  onAnswer: (answer: SlipAnswer) => Promise<void>;
}

/** The ship date has slipped: wait, or money back, and what silence means. The way out is asked for once more. */
export function SlipChoice({ preorder, open, now, onAnswer }: Props) {
  const { t, day, soon, ahead, moment } = useSpeech();
  const [working, setWorking] = useState(false);
  const [sure, setSure] = useState(false);
  const { chosen } = preorder;
  const waits = chosen?.slip === open.slip && chosen.choice === "wait";
  const until = open.date.choice_until ?? "";
  const answer = async (choice: SlipAnswer) => {
    setWorking(true);
    await onAnswer(choice);
    setWorking(false);
    setSure(false);
  };
  return (
    <div class="notice slip stack">
      <p>{t("slip.ask", { now: day(open.date.ships_at), was: day(preorder.ships_at) })}</p>
      <q class="reason">{open.date.reason}</q>
      <p>
        {waits && chosen
          ? t("slip.chosenWait", { moment: moment(chosen.chosen_at) })
          : t(open.date.silence === "refund" ? "slip.untilRefund" : "slip.untilWait", {
              soon: soon(until, now),
              ahead: ahead(until, now),
            })}
      </p>
      {sure && <p role="status">{t("slip.refundAsk")}</p>}
      <div class="actions">
        {!waits && !sure && (
          <Button kind="primary" working={working} onClick={() => void answer("wait")}>
            {t("slip.wait")}
          </Button>
        )}
        <Button working={working} onClick={() => (sure ? void answer("refund") : setSure(true))}>
          {t(sure ? "slip.refundYes" : "slip.refund")}
        </Button>
        {sure && !working && <Button onClick={() => setSure(false)}>{t("preorders.withdrawNo")}</Button>}
      </div>
    </div>
  );
}
