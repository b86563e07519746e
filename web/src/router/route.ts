/** The pages and their addresses; pure, so that both directions can be tested against each other. */
export type Route =
  | { page: "campaigns" }
  | { page: "campaign"; campaignId: string }
  | { page: "organise"; campaignId: string }
  | { page: "payment"; campaignId: string; preorderId: string }
  | { page: "preorders" }
  | { page: "missing" };

export function routeOf(pathname: string): Route {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname;
  if (path === "/" || path === "" || path === "/campaigns") return { page: "campaigns" };
  if (path === "/preorders") return { page: "preorders" };
  try {
    const [campaignId, what, preorderId, payment, more] = path.slice("/campaigns/".length).split("/").map(decodeURIComponent);
    if (!path.startsWith("/campaigns/") || !campaignId || more !== undefined) return { page: "missing" };
    if (what === undefined) return { page: "campaign", campaignId };
    if (what === "organise" && preorderId === undefined) return { page: "organise", campaignId };
    if (what === "preorders" && preorderId && payment === "payment") return { page: "payment", campaignId, preorderId };
  } catch {
    // "%E0%A4%A" and the like
  }
  return { page: "missing" };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "campaign":
      return `/campaigns/${encodeURIComponent(route.campaignId)}`;
    case "organise":
      return `/campaigns/${encodeURIComponent(route.campaignId)}/organise`;
    case "payment":
      return `/campaigns/${encodeURIComponent(route.campaignId)}/preorders/${encodeURIComponent(route.preorderId)}/payment`;
    case "preorders":
      return "/preorders";
    default:
      return "/";
  }
}
