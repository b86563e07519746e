/** The pages and their addresses; pure, so that both directions can be tested against each other. */
export type Route =
  | { page: "campaigns" }
  | { page: "campaign"; campaignId: string }
  | { page: "preorders" }
  | { page: "missing" };

export function routeOf(pathname: string): Route {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname;
  if (path === "/" || path === "" || path === "/campaigns") return { page: "campaigns" };
  if (path === "/preorders") return { page: "preorders" };
  const campaignId = /^\/campaigns\/([^/]+)$/.exec(path)?.[1];
  return (campaignId && named(campaignId)) || { page: "missing" };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "campaign":
      return `/campaigns/${encodeURIComponent(route.campaignId)}`;
    case "preorders":
      return "/preorders";
    default:
      return "/";
  }
}

function named(segment: string): Route | null {
  try {
    return { page: "campaign", campaignId: decodeURIComponent(segment) };
  } catch {
    return null; // "%E0%A4%A" and the like
  }
}
