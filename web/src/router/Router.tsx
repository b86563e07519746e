import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { pathOf, routeOf, type Route } from "./route";

interface Routing {
  route: Route;
  /** Counts the moves made inside the page; 0 on arrival, when the browser itself has placed the focus. */
  moves: number;
  go: (route: Route) => void;
}

const RoutingContext = createContext<Routing>({ route: { page: "campaigns" }, moves: 0, go: () => {} });

export const useRouting = () => useContext(RoutingContext);

export function Router({ children }: { children: ComponentChildren }) {
  const [place, setPlace] = useState(() => ({ path: location.pathname, moves: 0 }));
  useEffect(() => {
    const follow = () => {
      holdFocus();
      setPlace((now) => ({ path: location.pathname, moves: now.moves + 1 }));
    };
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const routing = useMemo<Routing>(
    () => ({
      route: routeOf(place.path),
      moves: place.moves,
      go: (route) => {
        const path = pathOf(route);
        if (path !== location.pathname) history.pushState(null, "", path);
        scrollTo(0, 0);
        holdFocus();
        setPlace((now) => ({ path, moves: now.moves + 1 }));
      },
    }),
    [place],
  );
  return <RoutingContext.Provider value={routing}>{children}</RoutingContext.Provider>;
}

/** The element that had the focus is about to go: `main` keeps it until the new page's heading takes it. */
function holdFocus() {
  document.getElementById("content")?.focus({ preventScroll: true });
}

interface LinkProps {
  to: Route;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
}

/** A real link: the middle button, "open in a new tab" and "copy address" work as everywhere. */
export function Link({ to, class: className, current, children }: LinkProps) {
  const { go } = useRouting();
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={pathOf(to)} class={className} aria-current={current ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
