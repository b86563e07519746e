import { describe, expect, test } from "vitest";
import { pathOf, routeOf, type Route } from "../src/router/route";

describe("routes", () => {
  test.each<[Route]>([
    [{ page: "campaigns" }],
    [{ page: "preorders" }],
    [{ page: "campaign", campaignId: "01-camera" }],
    [{ page: "campaign", campaignId: "a b/ü?" }],
    [{ page: "organise", campaignId: "a b/ü?" }],
    [{ page: "payment", campaignId: "a b/ü?", preorderId: "01/x" }],
  ])("%j there and back", (route) => {
    expect(routeOf(pathOf(route))).toEqual(route);
  });

  test.each([
    ["/campaigns", "campaigns"],
    ["/preorders/", "preorders"],
    ["/campaigns/x/", "campaign"],
    ["/campaigns/x/organise/", "organise"],
    ["/campaigns/x/preorders/p/payment/", "payment"],
    ["/campaigns/x/preorders/p", "missing"],
    ["/campaigns/x/preorders//payment", "missing"],
    ["/campaigns/x/preorders/p/payment/more", "missing"],
    ["/campaigns/x/preorders/%E0%A4%A/payment", "missing"],
    ["/campaigns/x/organise/y", "missing"],
    ["/campaigns/", "campaigns"],
    ["/campaigns/x/y", "missing"],
    ["/campaigns/%E0%A4%A", "missing"],
    ["/admin", "missing"],
  ])("%s is the page %s", (path, page) => {
    expect(routeOf(path).page).toBe(page);
  });
});
