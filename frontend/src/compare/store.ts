// The comparison as this page sees it: a viewer of each side, and what the server tells of both.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { LiveSocket } from "../lib/socket";
import { BIN } from "./arrivals";
import { type Mark, marksOf, type News, type State } from "./protocol";
import { Fastest, Viewer } from "./viewer";

const TICK = 125; // milliseconds between two looks at the figures; charts move half as often

const fastest = new Fastest();
export const viewers = {
  tutorial: new Viewer("tutorial", fastest),
  holdfast: new Viewer("holdfast", fastest),
};

const state_ = signal<State | null>(null);
const now_ = signal(Date.now());
let skew = 0; // milliseconds that this clock is ahead of the server's
let socket: LiveSocket | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

export const state: ReadonlySignal<State | null> = state_;
/** For charts: the time now, in steps. */
export const beat: ReadonlySignal<number> = computed(() => Math.floor(now_.value / BIN) * BIN);
export const news: ReadonlySignal<readonly News[]> = computed(() => state_.value?.events ?? []);

export const marks: ReadonlySignal<Mark[]> = computed(() => marksOf(news.value, skew));

function tick(): void {
  now_.value = Date.now();
  for (const viewer of Object.values(viewers)) viewer.show(now_.value);
}

export function open(): void {
  if (socket) return;
  socket = new LiveSocket("ws/compare", {
    onMessage: (message) => {
      const told = message as State;
      skew = Date.now() - told.time * 1000;
      state_.value = told;
    },
  });
  for (const viewer of Object.values(viewers)) viewer.open();
  timer = setInterval(tick, TICK);
}

export function close(): void {
  clearInterval(timer);
  socket?.close();
  socket = null;
  for (const viewer of Object.values(viewers)) viewer.close();
}
