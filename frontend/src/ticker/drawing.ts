import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";

/**
 * Draw in the next frame, and again whenever a signal that `prepare` reads has changed: however
 * many have, once a frame. `prepare` returns what draws, or nothing.
 */
export function useDrawing(prepare: () => (() => void) | undefined): void {
  const request = useRef(0);
  useSignalEffect(() => {
    const draw = prepare();
    if (draw) request.current = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(request.current);
  });
}
