import { describe, expect, test } from "vitest";
import { exampleOf, minorOf, preorderOf, RefundKeys } from "../src/organise/refundForm";

describe("an amount as it is typed", () => {
  test.each([
    ["15", 2, 1500],
    ["15.5", 2, 1550],
    ["15,50", 2, 1550],
    [" 1 234,05 ", 2, 123405],
    ["1234", 0, 1234],
    ["0.005", 3, 5],
    ["9007199254.99", 2, 900719925499],
  ])("%j with %i digits is %i minor units", (typed, digits, minor) => {
    expect(minorOf(typed, digits)).toBe(minor);
  });

  test.each([
    ["", 2],
    ["0", 2],
    ["0.00", 2],
    ["-5", 2],
    ["1.234,50", 2],
    ["1e3", 2],
    ["15.005", 2],
    ["15.5", 0],
    ["fifteen", 2],
    ["1234567890123", 2],
  ])("%j with %i digits is none", (typed, digits) => {
    expect(minorOf(typed, digits)).toBeNull();
  });

  test.each([
    [2, "15.00"],
    [0, "15"],
    [3, "15.000"],
  ])("its example can be typed, with %i digits", (digits, example) => {
    expect(exampleOf(digits)).toBe(example);
    expect(minorOf(example, digits)).toBe(15 * 10 ** digits);
  });
});

test("a pre-order is found by its number, and by that of one of its refunds", () => {
  const id = "01900000-0000-7000-8000-00000000c001.e73e9154ec89836f.000";
  for (const typed of [id, ` ${id} `, `${id}-2`]) expect(preorderOf(typed)).toBe(id);
  expect(preorderOf("01900000-0000-7000-8000-000000000001")).toBe("01900000-0000-7000-8000-000000000001");
});

describe("the key of a refund", () => {
  const asked = { preorderId: "p", body: { amount_minor: 1500, reason: "A scratch" } };
  const keys = () => {
    let number = 0;
    return new RefundKeys(() => `key ${(number += 1)}`);
  };

  test("is the same for as long as nobody knows what became of it", () => {
    const one = keys();
    expect([one.of(asked), one.of({ ...asked })]).toEqual(["key 1", "key 1"]);
  });

  test("is another for another amount, and for the next refund", () => {
    const one = keys();
    one.of(asked);
    expect(one.of({ ...asked, body: { ...asked.body, amount_minor: 1501 } })).toBe("key 2");
    one.conclude();
    expect(one.of({ ...asked, body: { ...asked.body, amount_minor: 1501 } })).toBe("key 3");
  });
});
