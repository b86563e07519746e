import { describe, expect, test } from "vitest";
import { currencyDigits, decimalOf, formatMoney, formatSurcharge } from "../src/format/money";

/** Intl puts no-break spaces of two kinds into its output; the tests read better with plain ones. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("money", () => {
  test.each([
    ["EUR", 2],
    ["PLN", 2],
    ["JPY", 0],
    ["TND", 3],
  ])("%s has %i digits", (currency, digits) => {
    expect(currencyDigits(currency)).toBe(digits);
  });

  test.each([
    [4900, "EUR", "en", "€49.00"],
    [5, "EUR", "en", "€0.05"],
    [0, "EUR", "en", "€0.00"],
    [-4900, "EUR", "en", "-€49.00"],
    [4900, "JPY", "en", "¥4,900"],
    [4900, "TND", "en", "TND 4.900"],
    [1234567, "PLN", "pl", "12 345,67 zł"],
    [4900, "EUR", "pl", "49,00 €"],
  ])("%i minor units of %s in %s", (amount, currency, language, expected) => {
    expect(plain(formatMoney(amount, currency, language))).toBe(expected);
  });

  test("no unit is lost where a division would lose it", () => {
    expect(decimalOf(9007199254740991, 2)).toBe("90071992547409.91");
    expect(plain(formatMoney(9007199254740991, "EUR", "en"))).toBe("€90,071,992,547,409.91");
  });

  test("a surcharge carries its sign, none is said for nothing", () => {
    expect(plain(formatSurcharge(1500, "EUR", "en"))).toBe("+€15.00");
    expect(plain(formatSurcharge(-500, "EUR", "pl"))).toBe("−5,00 €");
    expect(formatSurcharge(0, "EUR", "en")).toBe("");
  });
});
