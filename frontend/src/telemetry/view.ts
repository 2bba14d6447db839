// Which part of the samples is looked at: a range, or a zoom into it.

import { KEPT } from "./timeline";

/** So many seconds up to `end`; without an end they follow the newest sample. */
export interface View {
  span: number;
  end: number | null;
}

export const RANGES = [60, 300, 900] as const;
export const SHORTEST = 5; // seconds that a zoom shows at least

/** What a selection of the pointer shows. */
export function select(from: number, to: number, newest: number): View {
  return settle((from + to) / 2, Math.abs(to - from), newest);
}

/** Longer or shorter by a factor; the time `around` stays where it is on the screen. */
export function zoom(view: View, factor: number, around: number | null, newest: number): View {
  const end = view.end ?? newest;
  const span = Math.min(KEPT, Math.max(SHORTEST, view.span * factor));
  if (around === null) return { span, end: view.end };
  const share = (end - around) / view.span;
  return settle(around + share * span - span / 2, span, newest);
}

/** The same length, moved as little as needed to show a time. */
export function reveal(view: View, time: number, newest: number): View {
  const end = view.end ?? newest;
  const moved = Math.max(time, Math.min(end, time + view.span));
  return moved === end ? view : { span: view.span, end: following(moved, newest) };
}

function settle(middle: number, length: number, newest: number): View {
  const span = Math.max(SHORTEST, length);
  return { span, end: following(middle + span / 2, newest) };
}

/** What ends with the newest sample goes on with it. */
function following(end: number, newest: number): number | null {
  return end >= newest - 1 ? null : end;
}
