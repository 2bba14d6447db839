import { expect, test } from "vitest";
import { type Chart, charts } from "./charts";
import type { Sample } from "./timeline";

function sample(some: Partial<Sample> = {}): Sample {
  return {
    time: 0,
    cpu: 50,
    cores: [20, 80],
    memory: 41.26,
    memory_used: 2 ** 31,
    memory_total: 2 ** 33,
    disk_read: 1000,
    disk_written: 500,
    received: 2_000_000,
    sent: 500,
    load: 1.5,
    lag: 0.7,
    connections: 12,
    tasks: 40,
    deliveries: 12_345,
    cpu_per_delivery: 3.21,
    ...some,
  };
}

function chart(title: string, cores = 2): Chart {
  return charts(cores).find((one) => one.title === title) as Chart;
}

function figure(title: string, some: Partial<Sample> = {}): string {
  return chart(title).figure(sample(some)).join(" ").trim();
}

test("each chart has its figure, with a unit", () => {
  const all = charts(2).map((one) => one.figure(sample()).join(" "));
  expect(all).toEqual([
    "50 %",
    "41.3 %",
    "1.5 kB/s in all",
    "2 MB/s in all",
    "1.50 tasks",
    "0.7 ms",
    "12 open",
    "12,345 /s",
    "3.21 µs",
  ]);
});

test("what the system does not tell is no zero", () => {
  expect(figure("Disk", { disk_read: null, disk_written: null })).toBe("–");
  expect(figure("CPU per delivery", { cpu_per_delivery: null })).toBe("–");
});

test("few cores are lines, each with a value", () => {
  const { lines, rows, legend } = chart("CPU");
  expect(rows).toBeUndefined();
  expect(lines.map((line) => line.of(sample()))).toEqual([20, 80]);
  expect(legend(sample())).toEqual([
    { color: "series-1", text: "core 0, 20 %" },
    { color: "series-2", text: "core 1, 80 %" },
  ]);
});

test("many cores are rows, and the busiest is named", () => {
  const cores = Array.from({ length: 64 }, (_, core) => (core === 7 ? 93 : 5));
  const { lines, rows, legend } = chart("CPU", 64);
  expect(lines).toEqual([]);
  expect(rows).toBe(64);
  expect(legend(sample({ cores }))).toBe("64 cores, the busiest is 7 with 93 %");
});

test("a scale ends at a round number, and never below a useful one", () => {
  expect(chart("Event-loop lag").top(3)).toBe(10);
  expect(chart("Event-loop lag").top(37)).toBe(40);
  expect(chart("Network").top(0)).toBe(1000);
  expect(chart("Memory").top(3)).toBe(100);
});
