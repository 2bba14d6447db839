// The text of one answer, as it comes.

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { type LinkState, LiveSocket } from "../lib/socket";
import type { Summary } from "./protocol";

const SILENCE = 4000; // milliseconds; while an answer is written, 25 words come a second

export class Watch {
  readonly #text = signal("");
  readonly #socket: LiveSocket;
  readonly #stop: () => void;
  #summary: Summary;
  #begins = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly text: ReadonlySignal<string> = this.#text;

  constructor(summary: Summary) {
    this.#summary = summary;
    this.#socket = new LiveSocket(() => this.#path(), {
      parse: false,
      onMessage: (words) => this.#take(String(words)),
    });
    this.#stop = effect(() => {
      if (this.#socket.state.value === "open") this.#expectWords();
    });
  }

  get id(): string {
    return this.#summary.id;
  }

  get link(): ReadonlySignal<LinkState> {
    return this.#socket.state;
  }

  /** What the list of answers says of it now. */
  update(summary: Summary): void {
    this.#summary = summary;
    this.#expectWords();
    this.#endIfComplete();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
    this.#socket.close();
  }

  /** Each connection begins with the text so far, which takes the place of what was there. */
  #path(): string {
    this.#begins = true;
    return `ws/answers/${this.id}`;
  }

  #take(words: string): void {
    this.#text.value = this.#begins ? words : this.#text.peek() + words;
    this.#begins = false;
    this.#expectWords();
    this.#endIfComplete();
  }

  /** A network that was cut closes nothing. */
  #expectWords(): void {
    clearTimeout(this.#timer);
    if (this.#summary.state !== "writing" || this.#socket.state.peek() !== "open") return;
    this.#timer = setTimeout(() => this.#socket.reopen(), SILENCE);
  }

  /** The end of an answer closes its connection, and not for the sake of a new one. */
  #endIfComplete(): void {
    const { state, length } = this.#summary;
    if (state === "done" && [...this.#text.peek()].length >= length) this.close();
  }
}
