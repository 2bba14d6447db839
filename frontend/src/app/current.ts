import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Which of these sections is being read: the one that a line below the bar runs through. */
export function useCurrent(ids: readonly string[]): ReadonlySignal<string> {
  const current = useSignal("");
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (isIntersecting) current.value = target.id;
          else if (current.peek() === target.id) current.value = "";
        }
      },
      { rootMargin: "-35% 0px -65%" },
    );
    for (const id of ids) {
      const section = document.getElementById(id);
      if (section) observer.observe(section);
    }
    return () => observer.disconnect();
  }, [ids, current]);
  return current;
}
