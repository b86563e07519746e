import { Problem } from "../api/problem";
import type { Opening, PaymentElement, Token } from "./element";
import { loadStripe, type Stripe, type StripeFailure, type StripeIntent } from "./stripeScript";

/**
 * Stripe's Payment Element without an intent: nothing is asked of Stripe for a fan who only looks. It saves a card for
 * charges to come, in each plan, so it needs no amount: what is taken when is said by the page.
 */
export async function stripeElement({ speech, currency }: Opening, key: string, loading = loadStripe): Promise<PaymentElement> {
  const stripe = await loading(key, speech.language);
  const elements = stripe.elements({
    mode: "setup",
    currency: currency.toLowerCase(),
    paymentMethodTypes: ["card"],
    paymentMethodCreation: "manual",
    appearance: appearance(),
  });
  const shown = elements.create("payment");
  return {
    mount: (node) => shown.mount(node),
    token: async () => {
      const checked = await elements.submit();
      if (checked.error) return refused(checked.error);
      const made = await stripe.createPaymentMethod({ elements });
      return made.paymentMethod ? { token: made.paymentMethod.id } : refused(made.error);
    },
    confirm: async (action) => ((await confirmed(stripe, action)) ? "done" : "declined"),
    unmount: () => shown.unmount(),
  };
}

/** Whether the bank has said yes; true as well for what was confirmed already, elsewhere or a moment ago. */
async function confirmed(stripe: Stripe, secret: string): Promise<boolean> {
  const saving = secret.startsWith("seti_");
  const found = saving ? await stripe.retrieveSetupIntent(secret) : await stripe.retrievePaymentIntent(secret);
  const intent = found.setupIntent ?? found.paymentIntent;
  if (!intent) throw new Problem(0, "network");
  if (intent.status === "requires_action") return !(await stripe.handleNextAction({ clientSecret: secret })).error;
  const declined = declinedMethod(intent);
  // A charge while nobody was there to confirm it ends as a declined one, and is confirmed anew with the same card.
  if (!saving && declined) return !(await stripe.confirmCardPayment(secret, { payment_method: declined })).error;
  return intent.status === "succeeded" || intent.status === "processing";
}

function declinedMethod(intent: StripeIntent): string | null {
  return intent.status === "requires_payment_method" ? (intent.last_payment_error?.payment_method?.id ?? null) : null;
}

/** Stripe says it in the language that it was opened in. Without words of its own it is a failure of ours to reach it. */
function refused(failure: StripeFailure | undefined): Token {
  if (!failure?.message) throw new Problem(0, "network");
  return { problem: failure.message };
}

function appearance() {
  const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ?? false;
  return {
    theme: dark ? "night" : "stripe",
    variables: { colorPrimary: dark ? "#7cc8db" : "#0b5c73", borderRadius: "8px", fontFamily: "system-ui, sans-serif" },
  };
}
