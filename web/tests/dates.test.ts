import { describe, expect, test } from "vitest";
import { formatClock, formatDay, formatMoment } from "../src/format/dates";

const INSTANT = "2026-12-04T23:30:00.000Z";

describe("dates", () => {
  test("a day is that of the fan's zone", () => {
    expect(formatDay(INSTANT, "en", "UTC")).toBe("4 December 2026");
    expect(formatDay(INSTANT, "en", "Europe/Warsaw")).toBe("5 December 2026");
    expect(formatDay(INSTANT, "pl", "Europe/Warsaw")).toBe("5 grudnia 2026");
  });

  test("a moment has its hour", () => {
    expect(formatMoment(INSTANT, "en", "UTC")).toBe("4 December 2026 at 23:30");
    expect(formatMoment(INSTANT, "pl", "UTC")).toContain("4 grudnia 2026");
    expect(formatMoment(INSTANT, "pl", "UTC")).toContain("23:30");
  });

  test("a clock has its seconds", () => {
    expect(formatClock(INSTANT, "en", "UTC")).toBe("23:30:00");
  });

  test("what cannot be read is shown as it came", () => {
    expect(formatDay("soon", "en")).toBe("soon");
  });
});
