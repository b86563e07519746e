import { useRef, useState } from "preact/hooks";
import { asProblem } from "../api/problem";
import { currencyDigits } from "../format/money";
import { useSpeech } from "../i18n/Language";
import { payments } from "../payments/routes";
import { Button } from "../ui/Button";
import { Outcome } from "../ui/Outcome";
import { exampleOf, minorOf, preorderOf, RefundKeys, SHORTEST_REASON } from "./refundForm";
import { isRefusal, useGiveBackWords } from "./giveBackWords";
import { useActing } from "./useActing";

/** A part of what was paid, or all of it, at the organiser's word. The button says how much. */
export function GiveBack({ currency, onDone }: { currency: string; onDone: () => void }) {
  const words = useGiveBackWords();
  const { money } = useSpeech();
  const [typed, setTyped] = useState({ of: "", amount: "", reason: "" });
  const keys = useRef(new RefundKeys());
  const { told, working, act, refuse } = useActing(onDone);
  const digits = currencyDigits(currency);
  const minor = minorOf(typed.amount, digits);
  const amount = minor === null ? null : money(minor, currency);
  const give = () => {
    const [preorderId, reason] = [preorderOf(typed.of), typed.reason.trim()];
    if (preorderId === "") return refuse(words("giveBackOfMissing"));
    if (minor === null || amount === null) return refuse(words("giveBackAmountMissing", { currency, example: exampleOf(digits) }));
    if (reason.length < SHORTEST_REASON) return refuse(words("giveBackReasonShort", { count: SHORTEST_REASON }));
    const body = { amount_minor: minor, reason };
    const key = keys.current.of({ preorderId, body });
    return act(
      async (token) => {
        try {
          await payments.giveBack(preorderId, body, key, token);
        } catch (error) {
          if (!asProblem(error).outcomeUnknown) keys.current.conclude();
          throw error;
        }
        keys.current.conclude();
        setTyped({ of: "", amount: "", reason: "" });
      },
      words("giveBackDone", { amount }),
      ({ code }) => (isRefusal(code) ? words(`giveBack.${code}`) : null),
    );
  };
  const field = (name: keyof typeof typed) => ({
    id: `give-back-${name}`,
    class: "input",
    value: typed[name],
    onInput: (event: { currentTarget: { value: string } }) => setTyped({ ...typed, [name]: event.currentTarget.value }),
  });
  return (
    <form
      class="stack"
      noValidate
      aria-labelledby="give-back-title"
      onSubmit={(event) => {
        event.preventDefault();
        if (!working) void give();
      }}
    >
      <h3 id="give-back-title">{words("giveBackTitle")}</h3>
      <p class="muted">{words("giveBackDetail")}</p>
      <div class="field">
        <label for="give-back-of">{words("giveBackOf")}</label>
        <input {...field("of")} type="text" autocomplete="off" spellcheck={false} aria-describedby="give-back-hint" />
        <p id="give-back-hint" class="muted">
          {words("giveBackOfHint")}
        </p>
      </div>
      <div class="field">
        <label for="give-back-amount">{words("giveBackAmount", { currency })}</label>
        <input {...field("amount")} class="input input-short" type="text" inputMode="decimal" autocomplete="off" />
      </div>
      <div class="field">
        <label for="give-back-reason">{words("giveBackReason")}</label>
        <textarea {...field("reason")} rows={2} maxLength={500} />
      </div>
      <Button type="submit" working={working}>
        {working ? words("giveBackSending") : amount === null ? words("giveBackSend") : words("giveBackSendThis", { amount })}
      </Button>
      <Outcome told={told} />
    </form>
  );
}
