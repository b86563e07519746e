import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import { Loading } from "../ui/States";
import type { Session } from "./session";
import { findWay, type SignInWay } from "./ways";

interface Props {
  expired: boolean;
  /** Why an earlier try failed. */
  problem: Problem | null;
  onDone: (session: Session) => void;
  onCancel: () => void;
}

/** Waiting for a way, none to be had for now (asking again may help), none here at all, or one. */
type Found = "looking" | "unknown" | null | SignInWay;

export function SignInDialog({ expired, problem: earlier, onDone, onCancel }: Props) {
  const { t, problem } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [way, setWay] = useState<Found>("looking");
  const organises = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState(earlier);

  const look = () => {
    setWay("looking");
    findWay().then(
      (found) => setWay(() => found),
      (error: unknown) => {
        setWay("unknown");
        setFailure(asProblem(error));
      },
    );
  };
  useEffect(look, []);
  useLayoutEffect(() => {
    const shown = dialog.current!;
    shown.showModal();
    // Closing before the element goes lets the browser give the focus back to where it was.
    return () => shown.close();
  }, []);
  useLayoutEffect(() => {
    const first = field.current ?? dialog.current!.querySelector<HTMLElement>("button");
    first?.focus();
  }, [way]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (way === "looking" || way === null || working) return;
    setFailure(null);
    if (way === "unknown") return look();
    const name = field.current?.value.trim() ?? "";
    if (way.asks === "name" && !name) {
      setMissing(true);
      field.current!.focus();
      return;
    }
    setWorking(true);
    try {
      onDone(await way.signIn(name, organises.current?.checked ?? false));
    } catch (error) {
      setFailure(asProblem(error));
      setWorking(false);
    }
  };

  const known = way !== null && typeof way === "object";
  const told: Told | null = failure && { tone: "bad", text: problem(failure) };
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
        {expired && <p>{t("signIn.expired")}</p>}
        {way === "looking" && <Loading lines={2} />}
        {known && <p class="muted">{t(way.asks === "name" ? "signIn.purpose" : "signIn.purposeAway")}</p>}
        {known && way.asks === "name" && (
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
            <p class="check">
              <input id="sign-in-organises" ref={organises} type="checkbox" />
              <label for="sign-in-organises">{t("signIn.organises")}</label>
            </p>
          </div>
        )}
        <Outcome told={way === null ? { tone: "bad", text: t("signIn.unavailable") } : told} />
        <div class="actions">
          {way !== null && way !== "looking" && (
            <Button type="submit" kind="primary" working={working}>
              {t(way === "unknown" ? "app.tryAgain" : working ? "signIn.working" : "signIn.submit")}
            </Button>
          )}
          <Button onClick={onCancel}>{t("signIn.cancel")}</Button>
        </div>
      </form>
    </dialog>
  );
}
