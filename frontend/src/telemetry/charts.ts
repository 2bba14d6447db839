// What each chart shows.

import { count, delay, type Figure, gigabytes, rate, round, short } from "../lib/format";
import type { Palette } from "../lib/theme";
import type { Sample } from "./timeline";

/** One value of a sample, over time. */
export interface Line {
  color: keyof Palette & `series-${number}`;
  of: (sample: Sample) => number | null;
  dash?: number[];
  /** The area below it, too. */
  filled?: boolean;
}

/** What a line is, in the legend. */
export interface Key {
  color: Line["color"];
  text: string;
}

export interface Chart {
  title: string;
  /** The number that counts, and its unit. */
  figure: (sample: Sample) => Figure;
  legend: (sample: Sample) => string | Key[];
  lines: Line[];
  /** Where the scale ends, for the largest value in sight. */
  top: (largest: number) => number;
  /** A value at the scale. */
  mark: (value: number) => string;
  /** Instead of lines: a row for each core, the darker the busier. */
  rows?: number;
}

const FEW = 4; // cores, whose lines can be told apart

const LINES: readonly Omit<Line, "of">[] = [
  { color: "series-1" },
  { color: "series-2", dash: [2, 3] },
  { color: "series-3", dash: [7, 4] },
  { color: "series-4" },
];

const percent = (value: number) => `${short(value)} %`;
const words = (figure: Figure) => figure.join(" ");
const upTo = (least: number) => (largest: number) => round(Math.max(largest, least));
const bytes = (value: number | null): Figure => (value === null ? ["–", ""] : rate(value));

function area(of: Line["of"]): Line {
  return { color: "series-1", of, filled: true };
}

/** A second line, over the area of the first. */
function beside(of: Line["of"]): Line {
  return { ...LINES[1], color: "series-2", of };
}

function keys(first: string, second: string): Key[] {
  return [
    { color: "series-1", text: first },
    { color: "series-2", text: second },
  ];
}

// -- the charts --------------------------------------------------------------------------------

function cpu(cores: number): Chart {
  const all: Omit<Chart, "legend" | "lines"> = {
    title: "CPU",
    figure: (s) => [s.cpu.toFixed(0), "%"],
    top: () => 100,
    mark: percent,
  };
  if (cores > FEW) return { ...all, legend: busiest, lines: [], rows: cores };
  const lines = LINES.slice(0, cores).map((line, core) => ({ ...line, of: coreOf(core) }));
  return { ...all, legend: coreKeys, lines };
}

function coreOf(core: number): Line["of"] {
  return (sample) => sample.cores[core] ?? null;
}

function coreKeys({ cores }: Sample): Key[] {
  const value = (core: number) => (cores.length > 2 ? "" : `, ${percent(Math.round(core))}`);
  return LINES.slice(0, cores.length).map(({ color }, index) => ({
    color,
    text: `core ${index}${value(cores[index] ?? 0)}`,
  }));
}

function busiest({ cores }: Sample): string {
  const most = Math.max(...cores);
  return `${cores.length} cores, the busiest is ${cores.indexOf(most)} with ${percent(most)}`;
}

const memory: Chart = {
  title: "Memory",
  figure: (s) => [s.memory.toFixed(1), "%"],
  legend: (s) => `${gigabytes(s.memory_used)} of ${gigabytes(s.memory_total)} GiB in use`,
  lines: [area((s) => s.memory)],
  top: () => 100,
  mark: percent,
};

const disk: Chart = {
  title: "Disk",
  figure: (s) => inAll(s.disk_read, s.disk_written),
  legend: (s) =>
    keys(`read, ${words(bytes(s.disk_read))}`, `written, ${words(bytes(s.disk_written))}`),
  lines: [area((s) => s.disk_read), beside((s) => s.disk_written)],
  top: upTo(1000),
  mark: (value) => words(rate(value)),
};

const network: Chart = {
  title: "Network",
  figure: (s) => inAll(s.received, s.sent),
  legend: (s) => keys(`received, ${words(bytes(s.received))}`, `sent, ${words(bytes(s.sent))}`),
  lines: [area((s) => s.received), beside((s) => s.sent)],
  top: upTo(1000),
  mark: (value) => words(rate(value)),
};

const load: Chart = {
  title: "Load",
  figure: (s) => [s.load.toFixed(2), "tasks"],
  legend: () => "running or waiting, average of one minute",
  lines: [area((s) => s.load)],
  top: upTo(1),
  mark: short,
};

const lag: Chart = {
  title: "Event-loop lag",
  figure: (s) => delay(s.lag),
  legend: () => "how late this server woke up, at worst",
  lines: [area((s) => s.lag)],
  top: upTo(10),
  mark: (value) => words(delay(value)),
};

const connections: Chart = {
  title: "Connections",
  figure: (s) => [count(s.connections), "open"],
  legend: (s) => keys("open", `asyncio tasks, ${count(s.tasks)}`),
  lines: [area((s) => s.connections), beside((s) => s.tasks)],
  top: upTo(10),
  mark: short,
};

const deliveries: Chart = {
  title: "Deliveries",
  figure: (s) => [count(s.deliveries), "/s"],
  legend: () => "messages written to connections",
  lines: [area((s) => s.deliveries)],
  top: upTo(10),
  mark: (value) => count(value),
};

const cost: Chart = {
  title: "CPU per delivery",
  figure: (s) => (s.cpu_per_delivery === null ? ["–", ""] : [short(s.cpu_per_delivery), "µs"]),
  legend: (s) =>
    s.cpu_per_delivery === null
      ? "measured from 100 deliveries a second on"
      : "of all that this process does",
  lines: [area((s) => s.cpu_per_delivery)],
  top: upTo(10),
  mark: (value) => `${short(value)} µs`,
};

/** Both rates together. */
function inAll(one: number | null, other: number | null): Figure {
  if (one === null && other === null) return ["–", ""];
  const [number, unit] = rate((one ?? 0) + (other ?? 0));
  return [number, `${unit} in all`];
}

/** All of them, for a machine with so many cores. */
export function charts(cores: number): Chart[] {
  return [cpu(cores), memory, disk, network, load, lag, connections, deliveries, cost];
}
