/** The pages and their addresses; pure, so that both directions can be tested against each other. */
export type Route =
  | { page: "campaigns" }
  | { page: "campaign"; campaignId: string }
  | { page: "organise"; campaignId: string }
  | { page: "preorders" }
  | { page: "missing" };

export function routeOf(pathname: string): Route {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname;
  if (path === "/" || path === "" || path === "/campaigns") return { page: "campaigns" };
  if (path === "/preorders") return { page: "preorders" };
  const [, campaignId, organise] = /^\/campaigns\/([^/]+)(\/organise)?$/.exec(path) ?? [];
  return (campaignId && named(organise ? "organise" : "campaign", campaignId)) || { page: "missing" };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "campaign":
      return `/campaigns/${encodeURIComponent(route.campaignId)}`;
    case "organise":
      return `/campaigns/${encodeURIComponent(route.campaignId)}/organise`;
    case "preorders":
      return "/preorders";
    default:
      return "/";
  }
}

function named(page: "campaign" | "organise", segment: string): Route | null {
  try {
    return { page, campaignId: decodeURIComponent(segment) };
  } catch {
    return null; // "%E0%A4%A" and the like
  }
}
