// The ticker's one connection, and what came over it.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { getJson } from "../lib/http";
import { type LinkState, LiveSocket } from "../lib/socket";
import { reducedMotion } from "../lib/theme";
import { Board, type Listing, STEP } from "./board";

const SILENCE = 6000; // milliseconds; a report comes every second
const CALM = 10; // steps between two drawings, for who asks for less motion
const AGAIN = 2000; // milliseconds until what is listed is asked for once more

/** What the server says of itself, once a second. */
export interface Report {
  asked: number;
  published: number;
  fastest: number;
}

type Message = readonly [symbol: string, price: number] | Report;

function isUpdate(message: Message): message is readonly [string, number] {
  return Array.isArray(message);
}

export class TickerStore {
  readonly #board = signal<Board | undefined>();
  readonly #report = signal<Report | undefined>();
  readonly #received = signal(0);
  readonly #step = signal(0);
  readonly #socket = signal<LiveSocket | undefined>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #passed = 0;
  #updates = 0;
  #since = 0;

  /** "closed" while nobody looks. */
  readonly link: ReadonlySignal<LinkState> = computed(
    () => this.#socket.value?.state.value ?? "closed",
  );

  get board(): ReadonlySignal<Board | undefined> {
    return this.#board;
  }

  get report(): ReadonlySignal<Report | undefined> {
    return this.#report;
  }

  /** Updates that this page was sent in the last second. */
  get received(): ReadonlySignal<number> {
    return this.#received;
  }

  /** Changes whenever there is something new to draw. */
  get step(): ReadonlySignal<number> {
    return this.#step;
  }

  open(): void {
    if (this.#timer !== undefined) return;
    this.tick(performance.now()); // what passed meanwhile is a hole
    this.#timer = setInterval(() => this.tick(performance.now()), STEP);
    void this.#connect(this.#timer);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#socket.peek()?.close();
    this.#socket.value = undefined;
    this.#board.peek()?.forget();
    this.#received.value = 0;
  }

  list(listings: readonly Listing[], now: number): void {
    this.#board.value = new Board(listings, now);
  }

  receive(data: unknown): void {
    const message = data as Message;
    if (isUpdate(message)) {
      this.#board.peek()?.take(message[0], message[1]);
      this.#updates++;
    } else this.#report.value = message;
  }

  /** Note what the prices are at this time, and once a second how many came. */
  tick(now: number): void {
    const board = this.#board.peek();
    if (this.link.peek() !== "open") board?.forget();
    this.#passed += board?.advance(now) ?? 0;
    if (this.#passed >= (reducedMotion.matches ? CALM : 1)) {
      this.#passed = 0;
      this.#step.value++;
    }
    const elapsed = now - this.#since;
    if (elapsed < 1000) return;
    this.#received.value = (this.#updates / elapsed) * 1000;
    this.#updates = 0;
    this.#since = now;
  }

  async #connect(timer: ReturnType<typeof setInterval>): Promise<void> {
    while (!this.#board.peek() && timer === this.#timer) {
      const answer = await getJson<Listing[]>("ticker/instruments");
      if (answer.ok) this.list(answer.data, performance.now());
      else await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
    if (timer !== this.#timer) return; // it was closed meanwhile
    this.#socket.value = new LiveSocket("ws/ticker", {
      silence: SILENCE,
      onMessage: (data) => this.receive(data),
    });
  }
}
