import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Options {
  /** How near the viewport counts as visible, in CSS pixels. */
  margin?: number;
  /** Milliseconds that it still counts after it has left. */
  linger?: number;
}

interface Visible {
  /** For the element that is watched. */
  ref: RefObject<HTMLElement | null>;
  visible: ReadonlySignal<boolean>;
}

/** Whether an element is on screen or about to be. */
export function useVisible({ margin = 300, linger = 5000 }: Options = {}): Visible {
  const ref = useRef<HTMLElement>(null);
  const visible = useSignal(false);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    let leaving: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        clearTimeout(leaving);
        if (entries.at(-1)?.isIntersecting) visible.value = true;
        else
          leaving = setTimeout(() => {
            visible.value = false;
          }, linger);
      },
      { rootMargin: `${margin}px 0px` },
    );
    observer.observe(element);
    return () => {
      clearTimeout(leaving);
      observer.disconnect();
    };
  }, [margin, linger, visible]);
  return { ref, visible };
}
