import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** How many frames a second the browser shows, while `active`. */
export function useFrames(active: ReadonlySignal<boolean>): ReadonlySignal<number> {
  const rate = useSignal(0);
  const on = active.value;
  useEffect(() => {
    if (!on) return;
    let frames = 0;
    let since = performance.now();
    let request = requestAnimationFrame(function count(now) {
      frames++;
      if (now - since >= 1000) {
        rate.value = (frames / (now - since)) * 1000;
        frames = 0;
        since = now;
      }
      request = requestAnimationFrame(count);
    });
    return () => cancelAnimationFrame(request);
  }, [on, rate]);
  return rate;
}
