// This page as a viewer of one side: one WebSocket, and what comes over it.

import { signal } from "@preact/signals";
import { type LinkState, LiveSocket } from "../lib/socket";
import { Arrivals } from "./arrivals";
import { madeAt, type SideName } from "./protocol";

export const FROZEN = 1500; // milliseconds without a message, of which 25 a second are due

export type Mood = "off" | "connecting" | "receiving" | "frozen";

/** Of all messages the least time taken, clocks included: what others take beyond it is delay. */
export class Fastest {
  #least = Number.POSITIVE_INFINITY;

  beyond(milliseconds: number): number {
    this.#least = Math.min(this.#least, milliseconds);
    return milliseconds - this.#least;
  }
}

export class Viewer {
  readonly name: SideName;
  readonly arrivals = new Arrivals();
  readonly mood = signal<Mood>("off");
  readonly received = signal(0);
  /** Milliseconds; null while nothing comes. */
  readonly delay = signal<number | null>(null);
  /** Whole seconds that it has been frozen for. */
  readonly frozenFor = signal(0);
  readonly #fastest: Fastest;
  #socket: LiveSocket | null = null;
  #link: LinkState = "closed";
  #openedAt = 0;
  #lastAt = 0;
  #count = 0;
  #delay = 0;

  constructor(name: SideName, fastest: Fastest) {
    this.name = name;
    this.#fastest = fastest;
  }

  /** Since when nothing has come, in milliseconds since 1970. */
  get silentSince(): number {
    return Math.max(this.#lastAt, this.#openedAt);
  }

  open(): void {
    if (this.#socket) return;
    const path = () => `ws/compare/${this.name}/${Date.now()}`;
    const onMessage = (text: unknown) => this.take(String(text), Date.now());
    this.#socket = new LiveSocket(path, { parse: false, onMessage });
    this.#socket.state.subscribe((link) => this.linked(link, Date.now()));
  }

  close(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  /** The socket's state has changed. */
  linked(link: LinkState, now: number): void {
    this.#link = link;
    if (link === "open") this.#openedAt = now;
    this.mood.value = link === "closed" ? "off" : "connecting";
  }

  /** Count a message of the stream; what people say in the chat is none. */
  take(text: string, now: number): void {
    const made = madeAt(text);
    if (made === null) return;
    this.#lastAt = now;
    this.#count += 1;
    this.#delay = this.#fastest.beyond(now - made * 1000);
    this.arrivals.add(now);
  }

  /** Bring what is shown up to date: some times a second, not at each message. */
  show(now: number): void {
    const silence = now - this.silentSince;
    this.received.value = this.#count;
    this.frozenFor.value = Math.floor(silence / 1000);
    if (this.#link !== "open") this.delay.value = null;
    else if (silence > FROZEN) [this.mood.value, this.delay.value] = ["frozen", null];
    else if (this.#lastAt >= this.#openedAt) {
      [this.mood.value, this.delay.value] = ["receiving", this.#delay];
    }
  }
}
