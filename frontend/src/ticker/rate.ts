// The rate that is asked of the server, by whoever moves the slider on any page.

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { postJson } from "../lib/http";
import type { Report } from "./store";

const PAUSE = 150; // milliseconds without a move, after which the server is asked

/** Where the slider stops: 0, 10, 20, 50, 100 and so on, up to the fastest. */
export function stops(fastest: number): number[] {
  const found = [0];
  for (let power = 10; power < fastest; power *= 10)
    for (const factor of [1, 2, 5]) if (power * factor < fastest) found.push(power * factor);
  return [...found, fastest];
}

/** The stop that is nearest to a rate, on the slider's scale. */
export function nearest(all: readonly number[], rate: number): number {
  const distances = all.map((stop) => Math.abs(Math.log(stop + 1) - Math.log(rate + 1)));
  return distances.indexOf(Math.min(...distances));
}

/** Whether the server publishes clearly less than it was asked for. */
export function fallsShort({ asked, published }: Report): boolean {
  return published > 0 && published < 0.9 * asked - 5;
}

export class Rate {
  readonly #chosen = signal<number | undefined>();
  readonly #failure = signal("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Updates a second: what was chosen here, until the server says what holds for all. */
  readonly asked: ReadonlySignal<number>;

  constructor(report: ReadonlySignal<Report | undefined>) {
    this.asked = computed(() => this.#chosen.value ?? report.value?.asked ?? 0);
    effect(() => {
      if (report.value?.asked === this.#chosen.peek()) this.#chosen.value = undefined;
    });
  }

  /** Why the last choice did not come about. */
  get failure(): ReadonlySignal<string> {
    return this.#failure;
  }

  choose(rate: number): void {
    this.#chosen.value = rate;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(rate), PAUSE);
  }

  async #ask(rate: number): Promise<void> {
    const answer = await postJson("ticker/rate", { updates_per_second: rate });
    this.#failure.value = answer.ok ? "" : answer.detail;
    if (!answer.ok && this.#chosen.peek() === rate) this.#chosen.value = undefined;
  }
}
