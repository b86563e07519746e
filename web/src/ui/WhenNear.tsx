import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Shows what it holds once that comes near to what is in sight, and keeps it: nobody fetches what they never scroll to. */
export function WhenNear({ children }: { children: ComponentChildren }) {
  const [near, setNear] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (near) return;
    const watching = new IntersectionObserver(([seen]) => seen?.isIntersecting && setNear(true), { rootMargin: "200px" });
    watching.observe(place.current!);
    const printing = () => setNear(true);
    addEventListener("beforeprint", printing);
    return () => {
      watching.disconnect();
      removeEventListener("beforeprint", printing);
    };
  }, [near]);
  return near ? <>{children}</> : <div ref={place} class="not-near" />;
}
