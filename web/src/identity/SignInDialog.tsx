import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { asProblem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import type { Session } from "./session";
import { findWay, type SignInWay } from "./ways";

interface Props {
  expired: boolean;
  onDone: (session: Session) => void;
  onCancel: () => void;
}

export function SignInDialog({ expired, onDone, onCancel }: Props) {
  const { t, problem } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [way, setWay] = useState<SignInWay | null | "looking">("looking");
  const [missing, setMissing] = useState(false);
  const [working, setWorking] = useState(false);
  const [told, setTold] = useState<Told | null>(null);

  useLayoutEffect(() => {
    const shown = dialog.current!;
    shown.showModal();
    field.current?.focus();
    // Closing before the element goes lets the browser give the focus back to where it was.
    return () => shown.close();
  }, []);
  useEffect(() => void findWay().then(setWay), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    const name = field.current!.value.trim();
    if (!name) {
      setMissing(true);
      field.current!.focus();
      return;
    }
    if (working || way === null) return;
    setWorking(true);
    setTold(null);
    try {
      // Whoever is quicker than the look for a way waits for it, and is not asked to press the key again.
      const found = way === "looking" ? await findWay() : way;
      if (found === null) {
        setWorking(false);
        return;
      }
      onDone(await found.signIn(name));
    } catch (error) {
      setTold({ tone: "bad", text: problem(asProblem(error)) });
      setWorking(false);
    }
  };

  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="sign-in-title"
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <form class="stack" onSubmit={submit} noValidate>
        <h2 id="sign-in-title">{t("signIn.title")}</h2>
        <p class="muted">{t(expired ? "signIn.expired" : "signIn.purpose")}</p>
        <div class="field">
          <label for="sign-in-name">{t("signIn.name")}</label>
          <input
            id="sign-in-name"
            ref={field}
            class="input"
            type="text"
            autocomplete="nickname"
            maxLength={60}
            aria-invalid={missing}
            aria-describedby="sign-in-error"
            onInput={() => setMissing(false)}
          />
          <p id="sign-in-error" class="field-error" role="status">
            {missing && t("signIn.nameMissing")}
          </p>
        </div>
        <Outcome told={way === null ? { tone: "bad", text: t("signIn.unavailable") } : told} />
        <div class="actions">
          <Button type="submit" kind="primary" working={working}>
            {t(working ? "signIn.working" : "signIn.submit")}
          </Button>
          <Button onClick={onCancel}>{t("signIn.cancel")}</Button>
        </div>
      </form>
    </dialog>
  );
}
