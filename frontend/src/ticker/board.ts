// The newest price of every instrument, and what it was before.

import { History } from "./history";

export const STEP = 100; // milliseconds: as often as the server sends news
export const MINUTE = 600; // steps

export interface Listing {
  symbol: string;
  name: string;
  sector: string;
  open: number;
}

/** Instruments are known by their place in `listings`. A price that is not known is NaN. */
export class Board {
  readonly prices: Float32Array;
  readonly #history: History;
  readonly #places: Map<string, number>;
  #at: number;

  constructor(
    readonly listings: readonly Listing[],
    now: number,
  ) {
    this.prices = new Float32Array(listings.length).fill(Number.NaN);
    this.#history = new History(listings.length, MINUTE);
    this.#places = new Map(listings.map((one, place) => [one.symbol, place]));
    this.#at = now;
  }

  take(symbol: string, price: number): void {
    const place = this.#places.get(symbol);
    if (place !== undefined) this.prices[place] = price;
  }

  /** Nothing is known any more: what the last connection said may be long past. */
  forget(): void {
    this.prices.fill(Number.NaN);
  }

  /** Note the prices for each step that has passed; returns how many did. */
  advance(now: number): number {
    const passed = Math.max(0, Math.floor((now - this.#at) / STEP));
    for (let step = Math.min(passed, MINUTE); step > 0; step--) this.#history.push(this.prices);
    this.#at += passed * STEP;
    return passed;
  }

  /** What has become of a price since the market opened: 0.01 is one percent. */
  change(place: number): number {
    return (this.prices[place] ?? Number.NaN) / (this.listings[place]?.open ?? Number.NaN) - 1;
  }

  /** Fill `out` with the last prices of one instrument, oldest first. */
  past(place: number, out: Float32Array): Float32Array {
    return this.#history.read(place, out);
  }
}
