import { describe, expect, test } from "vitest";
import { pathOf, routeOf, type Route } from "../src/router/route";

describe("routes", () => {
  test.each<[Route]>([
    [{ page: "campaigns" }],
    [{ page: "preorders" }],
    [{ page: "campaign", campaignId: "01-camera" }],
    [{ page: "campaign", campaignId: "a b/ü?" }],
    [{ page: "organise", campaignId: "a b/ü?" }],
  ])("%j there and back", (route) => {
    expect(routeOf(pathOf(route))).toEqual(route);
  });

  test.each([
    ["/campaigns", "campaigns"],
    ["/preorders/", "preorders"],
    ["/campaigns/x/", "campaign"],
    ["/campaigns/x/organise/", "organise"],
    ["/campaigns/x/y", "missing"],
    ["/campaigns/%E0%A4%A", "missing"],
    ["/admin", "missing"],
  ])("%s is the page %s", (path, page) => {
    expect(routeOf(path).page).toBe(page);
  });
});
