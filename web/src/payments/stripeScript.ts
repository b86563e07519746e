import { Problem } from "../api/problem";

/** What the page uses of Stripe.js. It may only come from Stripe, so there is no package of it to install. */
export interface Stripe {
  elements(options: Record<string, unknown>): StripeElements;
  createPaymentMethod(asked: { elements: StripeElements }): Promise<{ paymentMethod?: { id: string }; error?: StripeFailure }>;
  retrieveSetupIntent(secret: string): Promise<FoundIntent>;
  retrievePaymentIntent(secret: string): Promise<FoundIntent>;
  handleNextAction(asked: { clientSecret: string }): Promise<{ error?: StripeFailure }>;
  confirmCardPayment(secret: string, asked: { payment_method: string }): Promise<{ error?: StripeFailure }>;
}

interface FoundIntent {
  setupIntent?: StripeIntent;
  paymentIntent?: StripeIntent;
  error?: StripeFailure;
}

export interface StripeElements {
  create(kind: "payment"): { mount(node: HTMLElement): void; unmount(): void };
  submit(): Promise<{ error?: StripeFailure }>;
}

export interface StripeIntent {
  status: string;
  last_payment_error?: { payment_method?: { id: string } | null } | null;
}

export interface StripeFailure {
  message?: string;
}

type Making = (key: string, options: { locale: string }) => Stripe;

const SCRIPT = "https://js.stripe.com/clover/stripe.js";
const TIMEOUT_MS = 15_000;

let loading: Promise<Making> | null = null;

/** Fetched at the first card that is asked for, once; a failure is not kept, so that asking again tries again. */
export async function loadStripe(key: string, locale: string): Promise<Stripe> {
  loading ??= fetchScript().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return (await loading)(key, { locale });
}

function fetchScript(): Promise<Making> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const failed = () => {
      script.remove();
      reject(new Problem(0, "payment_unavailable"));
    };
    const late = setTimeout(failed, TIMEOUT_MS);
    script.src = SCRIPT;
    script.onerror = failed;
    script.onload = () => {
      clearTimeout(late);
      const { Stripe: making } = globalThis as { Stripe?: Making };
      if (making) resolve(making);
      else failed();
    };
    document.head.append(script);
  });
}
