// The stream of this machine, what came of it so far, and which part of it is looked at.

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { LiveSocket } from "../lib/socket";
import { type Status, statusOf } from "./status";
import {
  type Envelope,
  gapsIn,
  HOLE,
  KEPT,
  type Row,
  type Sample,
  sampleAt,
  Timeline,
} from "./timeline";
import { RANGES, reveal, select, type View, zoom } from "./view";

export type { Status } from "./status";

const SILENCE = 4000; // milliseconds; the stream brings something every second
const FRAME = 16; // milliseconds: a history comes in many messages, and is shown at once

/** What stands still while the charts are paused. */
interface Still {
  rows: readonly Row[];
  newest: number;
}

const timeline = new Timeline();
const socket = signal<LiveSocket | null>(null);
const rows = signal<readonly Row[]>([]);
const now = signal(Date.now());
const arrived = signal(0); // milliseconds since 1970
const cursor_ = signal<number | null>(null);
const still = signal<Still | null>(null);
const view_ = signal<View>({ span: RANGES[0], end: null });
const range_ = signal<number>(RANGES[0]);
let isShowing = false;

/** Seconds without a sample. */
const silence = computed(() => (arrived.value ? Math.max(0, now.value - arrived.value) / 1000 : 0));
/** How far the charts go on beyond the newest sample, to show that nothing comes. */
const overdue = computed(() => (silence.value > HOLE ? Math.floor(silence.value) : 0));
export const newest = computed(() =>
  still.value ? still.value.newest : (rows.value.at(-1)?.time ?? 0) + overdue.value,
);

// -- what is shown -----------------------------------------------------------------------------

export const status: ReadonlySignal<Status> = computed(() =>
  statusOf({
    link: socket.value?.state.value ?? "connecting",
    retryAt: socket.value?.retryAt.value ?? 0,
    now: now.value,
    silence: silence.value,
    begun: rows.value.length > 0,
    paused: paused.value,
  }),
);

export const paused: ReadonlySignal<boolean> = computed(() => still.value !== null);
export const range: ReadonlySignal<number> = range_;
export const zoomed: ReadonlySignal<boolean> = computed(
  () => view_.value.end !== null || view_.value.span !== range_.value,
);

/** What the charts draw. */
export interface Frame {
  rows: readonly Row[];
  from: number;
  to: number;
  /** Up to where there is anything to be seen, or missed. */
  newest: number;
}

export const frame: ReadonlySignal<Frame> = computed(() => {
  const { span, end } = view_.value;
  const to = end ?? newest.value;
  return { rows: still.value?.rows ?? rows.value, from: to - span, to, newest: newest.value };
});

/** The time that is pointed at. */
export const cursor: ReadonlySignal<number | null> = cursor_;

/** What is pointed at, or the newest; null where nothing was measured. */
export const pointed: ReadonlySignal<Sample | null> = computed(() => {
  const { rows, to } = frame.value;
  if (cursor.value !== null) return sampleAt(rows, cursor.value);
  return rows.findLast((row) => row.sample && row.time <= to)?.sample ?? null;
});

/** How many the machine has; 1 as long as that is not known. */
export const cores = computed(() => rows.value.at(-1)?.sample?.cores.length ?? 1);

/** All that is kept, shown or not. */
export const collected = computed(() => {
  const gaps = gapsIn(rows.value).length;
  return { samples: rows.value.length - gaps, gaps };
});

// -- what a visitor does -----------------------------------------------------------------------

export function pause(on: boolean): void {
  still.value = on ? { rows: rows.peek(), newest: newest.peek() } : null;
}

export function showLast(seconds: number): void {
  batch(() => {
    range_.value = seconds;
    resetZoom();
  });
}

export function resetZoom(): void {
  view_.value = { span: range_.peek(), end: null };
}

export function zoomTo(from: number, to: number): void {
  view_.value = select(from, to, newest.peek());
}

/** By a factor, around the cursor where there is one. */
export function zoomBy(factor: number): void {
  view_.value = zoom(view_.peek(), factor, cursor.peek(), newest.peek());
}

/** Point at the sample nearest to a time, or at none. */
export function point(time: number | null): void {
  cursor_.value = time === null ? null : (sampleAt(frame.peek().rows, time)?.time ?? time);
}

/** Point at a sample: so many further than now, from the newest on. */
export function step(count: number): void {
  const { rows, to } = frame.peek();
  const samples = rows.filter((row) => row.sample);
  const at = samples.findLastIndex((row) => row.time <= (cursor.peek() ?? to));
  const found = samples[Math.min(samples.length - 1, Math.max(0, at + count))];
  if (!found) return;
  batch(() => {
    cursor_.value = found.time;
    view_.value = reveal(view_.peek(), found.time, newest.peek());
  });
}

// -- the stream --------------------------------------------------------------------------------

/** Open the stream: once, when the page loads. */
export function start(): void {
  setInterval(() => {
    now.value = Date.now();
  }, 1000);
  socket.value = new LiveSocket(path, { onMessage: receive, silence: SILENCE });
  effect(forgetLostZoom);
}

/** Each connection goes on where the last one ended. */
function path(): string {
  return timeline.position ? `ws/telemetry?since=${timeline.position}` : "ws/telemetry";
}

function receive(message: unknown): void {
  if (!isEnvelope(message)) return; // a gap shows in the samples themselves
  timeline.add(message);
  if (!isShowing) setTimeout(show, FRAME);
  isShowing = true;
}

function isEnvelope(message: unknown): message is Envelope {
  return typeof message === "object" && message !== null && "offset" in message;
}

function show(): void {
  isShowing = false;
  batch(() => {
    rows.value = [...timeline.rows];
    arrived.value = now.value = Date.now();
  });
}

/** A zoom into what is no longer kept shows nothing. */
function forgetLostZoom(): void {
  if (frame.value.to < frame.value.newest - KEPT) resetZoom();
}
