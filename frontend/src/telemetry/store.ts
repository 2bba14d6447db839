import { type ReadonlySignal, signal } from "@preact/signals";

export interface Status {
  state: "connecting" | "live" | "paused" | "stale" | "lost" | "refused";
  text: string;
  detail: string;
}

const status_ = signal<Status>({ state: "connecting", text: "Connecting", detail: "" });

export const status: ReadonlySignal<Status> = status_;

/** Open the stream: once, when the page loads. */
export function start(): void {}
