// The samples of the last minutes, and which part of them is looked at.

const KEPT = 300; // seconds
const SPANS = [60, 120, 300]; // seconds; the window grows with what there is to show
export const HOLE = 2.5; // seconds between two samples: more, and something is missing

export class Timeline {
  constructor() {
    this.samples = [];
    this.frozen = null;
    this.cursor = null; // the time that is pointed at
    this.skew = 0; // seconds that the server's clock is ahead of this one
  }

  get last() {
    return this.samples.at(-1);
  }

  /** Take a sample that is newer than the last; what comes again is known already. */
  add(sample) {
    if (this.last && sample.time <= this.last.time) return;
    this.skew = sample.time - Date.now() / 1000;
    const oldest = sample.time - KEPT - 2 * HOLE;
    this.samples = [...this.samples.filter((one) => one.time > oldest), sample];
  }

  /** Seconds since the last sample was made. */
  age() {
    return this.last ? Math.max(0, Date.now() / 1000 + this.skew - this.last.time) : 0;
  }

  pause(on) {
    this.frozen = on ? this.view() : null;
  }

  /** What a chart draws: from `begin` to `end`, with the cursor in it. */
  view() {
    if (this.frozen) return { ...this.frozen, cursor: this.cursor };
    const age = this.age();
    const end = (this.last?.time ?? Date.now() / 1000) + (age > HOLE ? age : 0);
    const length = this.samples.length ? end - this.samples[0].time : 0;
    const span = SPANS.find((one) => length <= one) ?? KEPT;
    return { samples: this.samples, begin: end - span, end, span, cursor: this.cursor };
  }
}

/** The sample that is nearest to where the cursor points; the last one without a cursor. */
export function pointed({ samples, cursor, end }) {
  if (cursor === null) return samples.findLast((one) => one.time <= end);
  const near = samples.findLast((one) => one.time <= cursor + 0.5);
  return near && cursor - near.time < HOLE ? near : undefined;
}

/** Lists of samples with nothing missing between them. */
export function runs({ samples, begin, end }) {
  const found = [];
  for (const one of samples) {
    if (one.time < begin - HOLE || one.time > end) continue;
    const run = found.at(-1);
    if (run && one.time - run.at(-1).time <= HOLE) run.push(one);
    else found.push([one]);
  }
  return found;
}
