import { afterEach, describe, expect, test, vi } from "vitest";
import { speechIn } from "../src/i18n/Language";
import { BOOKS, loadMessages } from "../src/i18n/translate";
import { groundswell } from "../src/api/groundswell";
import { isToken, openElement, tokenOf, type PaymentElement } from "../src/payments/element";
import { lookalikeElement } from "../src/payments/lookalike";
import { payments } from "../src/payments/routes";
import { stripeElement } from "../src/payments/stripe";
import type { Stripe, StripeElements } from "../src/payments/stripeScript";
import { TEST_CARDS } from "../src/payments/testCards";

const speech = speechIn(
  { language: "en", books: BOOKS, messages: await loadMessages("en", BOOKS) },
  { speak: () => {}, learn: async () => true },
);
const opening = { speech, currency: "EUR" };
const NUMBER = "4242424242424242";

/** Stripe as it answers the page; the card that its holder has typed stays inside. */
function stripeWith(more: Partial<Stripe> = {}, submitted: { error?: { message?: string } } = {}) {
  const asked: unknown[] = [];
  const typed = { number: NUMBER, cvc: "987" };
  const elements: StripeElements = { create: () => ({ mount: () => {}, unmount: () => {} }), submit: async () => submitted };
  const stripe = {
    elements: (options: Record<string, unknown>) => {
      asked.push(options);
      return elements;
    },
    createPaymentMethod: async () => ({ paymentMethod: { id: `pm_1N${typed.number.length}x` } }),
    ...more,
  } as Stripe;
  const opened = stripeElement(opening, "pk_test", async () => stripe);
  return { opened, asked };
}

describe("Stripe's element", () => {
  test("saves a card and says no amount: nothing is asked of Stripe before a card is given", async () => {
    const { opened, asked } = stripeWith();
    expect(await (await opened).token()).toEqual({ token: "pm_1N16x" });
    expect(asked).toMatchObject([{ mode: "setup", currency: "eur", paymentMethodTypes: ["card"], paymentMethodCreation: "manual" }]);
  });

  test("what it finds wrong with the card is said, and no token made", async () => {
    const createPaymentMethod = vi.fn();
    const { opened } = stripeWith({ createPaymentMethod }, { error: { message: "Your card number is incomplete." } });
    expect(await (await opened).token()).toEqual({ problem: "Your card number is incomplete." });
    expect(createPaymentMethod).not.toHaveBeenCalled();
  });

  test("a failure without words is one that trying again may mend", async () => {
    const { opened } = stripeWith({ createPaymentMethod: async () => ({ error: {} }) });
    await expect((await opened).token()).rejects.toMatchObject({ code: "network" });
  });

  test.each<[string, string, object, Partial<Record<"next" | "again", object>>, string]>([
    ["a card to be saved asks", "seti_1_secret", { setupIntent: { status: "requires_action" } }, { next: {} }, "done"],
    ["a charge asks", "pi_1_secret", { paymentIntent: { status: "requires_action" } }, { next: {} }, "done"],
    ["the holder says no", "pi_1_secret", { paymentIntent: { status: "requires_action" } }, { next: { error: { message: "no" } } }, "declined"],
    [
      "a charge asked while nobody was there",
      "pi_1_secret",
      { paymentIntent: { status: "requires_payment_method", last_payment_error: { payment_method: { id: "pm_9" } } } },
      { again: {} },
      "done",
    ],
    ["confirmed already", "pi_1_secret", { paymentIntent: { status: "succeeded" } }, {}, "done"],
    ["ended", "pi_1_secret", { paymentIntent: { status: "canceled" } }, {}, "declined"],
    ["declined for good", "seti_1_secret", { setupIntent: { status: "requires_payment_method" } }, {}, "declined"],
  ])("confirming, when %s", async (_, secret, found, { next, again }, outcome) => {
    const asked: unknown[] = [];
    const { opened } = stripeWith({
      retrieveSetupIntent: async () => found,
      retrievePaymentIntent: async () => found,
      handleNextAction: async (action) => (asked.push(action), next!),
      confirmCardPayment: async (...action) => (asked.push(action), again!),
    });
    expect(await (await opened).confirm(secret)).toBe(outcome);
    expect(asked).toEqual(next ? [{ clientSecret: secret }] : again ? [[secret, { payment_method: "pm_9" }]] : []);
  });

  test("without an answer from Stripe it is neither done nor declined", async () => {
    const { opened } = stripeWith({ retrievePaymentIntent: async () => ({ error: { message: "lost" } }) });
    await expect((await opened).confirm("pi_1_secret")).rejects.toMatchObject({ code: "network" });
  });
});

describe("the look-alike", () => {
  test("gives the test card that works, until another is chosen", async () => {
    expect(await lookalikeElement(opening).token()).toEqual({ token: "card" });
  });

  test("every test card has a name in the list and is a token", () => {
    for (const card of TEST_CARDS) {
      expect(speech.t(`payment.test.${card}`)).not.toContain("payment.test");
      expect(isToken(card)).toBe(true);
    }
  });

  test.each([true, false])("what the holder tells the bank reaches the provider: %s", async (approve) => {
    const told: unknown[] = [];
    const asking: Parameters<typeof lookalikeElement>[2] = async (_, tell) => {
      await tell(approve);
      return approve ? "done" : "declined";
    };
    const element = lookalikeElement(opening, async (...what) => (told.push(what), { ok: true }), asking);
    expect(await element.confirm("act_1")).toBe(approve ? "done" : "declined");
    expect(told).toEqual([["act_1", approve]]);
  });
});

test("where no money moves the look-alike is opened, and Stripe is not asked for", async () => {
  const element = await openElement(opening, async () => ({ provider: "simulated", publishable_key: null }));
  expect(await element.token()).toEqual({ token: "card" });
});

describe("card data never reaches our API", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** Everything that leaves the page for our API, as text. */
  function overheard(): string[] {
    const sent: string[] = [];
    vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
      sent.push(`${init.method ?? "GET"} ${path} ${JSON.stringify(init.headers ?? {})} ${String(init.body ?? "")}`);
      return new Response(JSON.stringify(path === "/config.json" ? { api: "" } : {}));
    });
    return sent;
  }

  test("an order, another card and a confirmation send a token of the provider's and nothing else of the card", async () => {
    const sent = overheard();
    const element = await stripeWith({
      retrievePaymentIntent: async () => ({ paymentIntent: { status: "succeeded" } }),
    }).opened;
    const answer = await tokenOf(element);
    const method = "token" in answer ? answer.token : "";
    await groundswell.placePreorder("c", { lines: [], payment_method: method }, "key", "jwt");
    await payments.anotherCard("p", method, "jwt");
    await element.confirm("pi_1_secret");
    await payments.look("p", "jwt");
    const bodies = sent.filter((one) => !one.startsWith("GET")).map((one) => one.slice(one.indexOf("} ") + 2));
    expect(bodies).toEqual(['{"lines":[],"payment_method":"pm_1N16x"}', '{"payment_method":"pm_1N16x"}', ""]);
    expect(sent.join("\n")).not.toMatch(new RegExp(`${NUMBER}|987`));
  });

  test.each([NUMBER, "4242 4242 4242 4242", `pm_${NUMBER}`, "tok_4242_4242_4242_4242", "", "x".repeat(101)])(
    "an element that answers with %j is not believed",
    async (token) => {
      const element = { token: async () => ({ token }) } as unknown as PaymentElement;
      await expect(tokenOf(element)).rejects.toMatchObject({ code: "unexpected" });
    },
  );

  test.each(["card", "pm_1MoBy5LkdIwHu7ixZhnattbh", "card_insufficient_funds"])("%s is a token", (token) => {
    expect(isToken(token)).toBe(true);
  });

  test("no field of ours asks for what stands on a card", () => {
    const sources = import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
    const asking = Object.entries(sources).filter(([, text]) => /cc-(number|csc|exp|name)|card-?number|\bcvc\b/i.test(text));
    expect(asking.map(([path]) => path)).toEqual([]);
    const typed = Object.entries(sources).filter(([path, text]) => path.includes("/payments/") && /<(input|textarea)\b/.test(text));
    expect(typed.map(([path]) => path)).toEqual([]);
  });
});
