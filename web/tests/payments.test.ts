import { describe, expect, test } from "vitest";
import type { Campaign, Quote } from "../src/api/types";
import { speechIn } from "../src/i18n/Language";
import { BOOKS, loadMessages, type Language } from "../src/i18n/translate";
import { astrayMinor, shownBalances } from "../src/payments/accounts";
import { ledgerFile } from "../src/payments/ledgerFile";
import { dueOf, planOf } from "../src/payments/plans";
import { isMoving, outstandingMinor, refundWords, standingOf, takesAnotherCard } from "../src/payments/standing";
import { takenWhen } from "../src/payments/taken";
import type { Balances, Payment, PaymentPlan, PaymentState } from "../src/payments/types";

const NOW = Date.parse("2026-11-21T12:00:00Z");

async function speaking(language: Language) {
  const messages = await loadMessages(language, BOOKS);
  return speechIn({ language, books: BOOKS, messages }, { speak: () => {}, learn: async () => true });
}
const en = await speaking("en");
const pl = await speaking("pl");
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("what is taken when", () => {
  const quoted = { total_most_minor: 10_000, due_now_minor: 2_000, due_later_most_minor: 8_000 } as unknown as Quote;

  test.each<[PaymentPlan, object, string, string]>([
    [
      { kind: "save_card" },
      { due_now_minor: 0, due_later_most_minor: 10_000 },
      "Nothing is taken now: your card is saved. When the batch locks, at most €100.00 is taken.",
      "Teraz nic nie jest pobierane: karta zostaje zapisana. Przy zamknięciu partii zostanie pobrane najwyżej 100,00 €.",
    ],
    [
      { kind: "deposit", percent: 20 },
      {},
      "€20.00 is taken now as a deposit. When the batch locks, at most €80.00 more is taken.",
      "Teraz pobierana jest zaliczka: 20,00 €. Przy zamknięciu partii zostanie pobrane jeszcze najwyżej 80,00 €.",
    ],
    [
      { kind: "prepay" },
      { due_now_minor: 10_000, due_later_most_minor: 0 },
      "€100.00 is taken now. When the batch locks and its price is known, what is too much comes back to you.",
      "Teraz pobierane jest 100,00 €. Przy zamknięciu partii, gdy cena będzie znana, nadwyżka do Ciebie wróci.",
    ],
  ])("%j", (plan, due, english, polish) => {
    const terms = [plan, dueOf({ ...quoted, ...due }), 10_000, "EUR"] as const;
    expect([takenWhen(...terms, en), plain(takenWhen(...terms, pl))]).toEqual([english, polish]);
  });

  test("what was never quoted names no amount that only the API can round", () => {
    const most = (plan: PaymentPlan) => takenWhen(plan, null, 10_001, "EUR", en);
    expect(most({ kind: "deposit", percent: 33 })).toBe(
      "A deposit of 33% is taken now, and the rest when the batch locks: at most €100.01 in all.",
    );
    expect(most({ kind: "save_card" })).toContain("at most €100.01");
    expect(most({ kind: "prepay" })).toMatch(/^€100.01 is taken now/);
  });

  test("a campaign without a plan asks for no card, a quote without amounts promises none", () => {
    expect(planOf({} as Campaign)).toBeNull();
    expect(dueOf({ total_most_minor: 1 } as Quote)).toBeNull();
  });
});

const payment = (more: Partial<Payment> = {}): Payment => ({
  preorder_id: "p",
  state: "secured",
  plan: "deposit",
  currency: "EUR",
  amount_most_minor: 20_000,
  due_minor: 18_000,
  captured_minor: 4_000,
  refunded_minor: 0,
  disputed_minor: 0,
  refunds: [],
  problem: null,
  action: null,
  hold_until: null,
  drop_at: null,
  ...more,
});

describe("where a payment stands", () => {
  const said = (more: Partial<Payment>) => standingOf(payment(more), NOW, en);
  const at = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString();

  test("what is missing is what is due, less what was taken", () => {
    expect(outstandingMinor(payment())).toBe(14_000);
    expect(outstandingMinor(payment({ captured_minor: 20_000 }))).toBe(0);
  });

  test("overdue: how much, why, until when, and what happens then", () => {
    expect(said({ state: "overdue", problem: "card_expired", drop_at: at(6 * 24) })).toEqual({
      tone: "bad",
      text:
        "€140.00 could not be taken from your card. The card has expired. " +
        `Pay until ${en.soon(at(144), NOW)} (in 6 days); after that your pre-order leaves the batch.`,
    });
  });

  test("to be confirmed: until when the place is kept", () => {
    expect(said({ state: "action_required", hold_until: at(0.25) }).text).toContain("(in 15 minutes)");
    expect(said({ state: "action_required" }).text).not.toContain("kept");
  });

  test("declined: what happened, whether anything was taken, and how to go on", () => {
    expect(said({ state: "declined", captured_minor: 0, problem: "insufficient_funds" }).text).toBe(
      "There is too little money on the card. Nothing was taken, and this pre-order does not stand. Place it again with another card.",
    );
    expect(said({ state: "declined" }).text).toContain("What was taken comes back");
    expect(said({ state: "declined", refunded_minor: 4_000 }).text).not.toContain("Nothing was taken");
  });

  test("a problem that the page does not know yet is left out, not shown as a code", () => {
    expect(said({ state: "declined", captured_minor: 0, problem: "card_on_holiday" }).text).toMatch(/^Nothing was taken/);
  });

  test("nothing is called taken that was not", () => {
    expect(said({ state: "secured", captured_minor: 0 }).text).toBe("Your card is saved. Nothing has been taken.");
    expect(said({ state: "secured" }).text).toBe("€40.00 has been taken.");
    expect(said({ state: "requested", due_minor: 0 }).text).toContain("being saved");
    expect(said({ state: "released", captured_minor: 0 }).text).toContain("Nothing was taken");
    expect(said({ state: "releasing" }).text).toContain("comes back to you");
    expect(said({ state: "released" }).text).toContain("has come back to you");
    expect(said({ state: "paid", captured_minor: 20_000, refunded_minor: 2_000 }).text).toBe("Paid in full: €180.00.");
  });

  const STATES: PaymentState[] = ["requested", "action_required", "secured", "declined", "collecting", "overdue", "dropped", "paid", "releasing", "released"];

  test.each(STATES)("%s is told in whole sentences of both languages", (state) => {
    for (const speech of [en, pl]) {
      const { text } = standingOf(payment({ state, problem: "provider_error", drop_at: at(1), hold_until: at(1) }), NOW, speech);
      expect(text).toMatch(/^.+\.$/);
      expect(text).not.toMatch(/[{}]|payment\./);
    }
  });

  test("what moves by itself is looked at often, and another card is taken where it helps", () => {
    expect(STATES.filter((state) => isMoving({ state }))).toEqual(["requested", "action_required", "collecting", "dropped", "releasing"]);
    expect(STATES.filter((state) => takesAnotherCard({ state }))).toEqual(["action_required", "overdue"]);
  });

  test("a refund is on its way until it has arrived", () => {
    expect((["requested", "pending", "succeeded", "failed"] as const).map(refundWords)).toEqual([
      "payment.refundUnderway",
      "payment.refundUnderway",
      "payment.refundArrived",
      "payment.refundFailed",
    ]);
  });
});

describe("the organiser's accounts", () => {
  const balances: Balances = {
    currency: "EUR",
    transactions: 3,
    balances: [
      { account: "organiser", balance_minor: 500 },
      { account: "fans", balance_minor: -1_500 },
      { account: "fees", balance_minor: 0 },
      { account: "provider", balance_minor: 1_000 },
    ],
  };

  test("what somebody is to have reads as an amount, what is carried as less than nothing", () => {
    expect(shownBalances(balances)).toEqual([
      { account: "provider", minor: 1_000 },
      { account: "fans", minor: 1_500 },
      { account: "fees", minor: 0 },
      { account: "organiser", minor: -500 },
    ]);
  });

  test("what does not add up is seen", () => {
    expect(astrayMinor(balances)).toBe(0);
    expect(astrayMinor({ ...balances, balances: balances.balances.slice(1) })).toBe(-500);
  });
});

describe("the ledger as a file", () => {
  /** The parts by the cursor that asks for them. */
  const parts = (answers: Record<string, Response>) => {
    const asked: (string | null)[] = [];
    const part = async (cursor: string | null) => {
      asked.push(cursor);
      return answers[cursor ?? ""]!;
    };
    return { asked, part };
  };
  const csv = (rows: string, headers: Record<string, string> = {}) => new Response(`id,at\r\n${rows}`, { headers });

  test("every part in its order, the header once", async () => {
    const { asked, part } = parts({
      "": csv("a,1\r\n", { "Next-Cursor": "b+/=" }),
      "b+/=": csv('b,"2\n3"\r\n', { "Next-Cursor": "c+" }),
      "c+": csv("c,4\r\n"),
    });
    expect(await (await ledgerFile(part)).text()).toBe('id,at\r\na,1\r\nb,"2\n3"\r\nc,4\r\n');
    expect(asked).toEqual([null, "b+/=", "c+"]);
  });

  test("a cursor that leads back to itself is no endless download", async () => {
    const { part } = parts({ "": csv("a\r\n", { "Next-Cursor": "b" }), b: csv("b\r\n", { "Next-Cursor": "b" }) });
    await expect(ledgerFile(part)).rejects.toMatchObject({ code: "unexpected" });
  });

  test("a download that fails on the way gives no file that looks whole", async () => {
    const broken = { text: () => Promise.reject(new TypeError("cut")), headers: new Headers() } as unknown as Response;
    const { part } = parts({ "": csv("a\r\n", { "Next-Cursor": "b" }), b: broken });
    await expect(ledgerFile(part)).rejects.toMatchObject({ code: "network" });
  });
});
