// How the stream is doing, in words.

import type { LinkState } from "../lib/socket";
import { HOLE } from "./timeline";

export interface Status {
  state: "connecting" | "live" | "paused" | "stale" | "lost" | "refused";
  text: string;
  detail: string;
}

/** What is known of the stream. Times in milliseconds since 1970, silence in seconds. */
export interface Facts {
  link: LinkState;
  retryAt: number;
  now: number;
  /** Since the last sample arrived; 0 where none has. */
  silence: number;
  /** Whether there is anything to show. */
  begun: boolean;
  paused: boolean;
}

export function statusOf(facts: Facts): Status {
  const { link, silence, begun, paused } = facts;
  const silent = silence > HOLE ? `nothing for ${Math.floor(silence)} s` : "";
  if (link === "waiting") return { state: "lost", text: "Reconnecting", detail: wait(facts) };
  if (link === "refused") return { state: "refused", text: "Refused by the server", detail: "" };
  if (link !== "open") {
    return { state: begun ? "lost" : "connecting", text: "Connecting", detail: silent };
  }
  if (silent) return { state: "stale", text: "Stale", detail: silent };
  if (paused) return { state: "paused", text: "Paused", detail: "still measuring" };
  if (!begun) return { state: "connecting", text: "Connected", detail: "" };
  return { state: "live", text: "Live", detail: "every second" };
}

function wait({ retryAt, now }: Facts): string {
  const seconds = Math.ceil((retryAt - now) / 1000);
  return seconds > 0 ? `in ${seconds} s` : "now";
}
