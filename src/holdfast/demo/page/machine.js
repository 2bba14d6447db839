// The charts of this machine: what each of them shows, and how they are looked at.

import { HeatChart, LineChart } from "./chart.js";
import { delay, gigabytes, rate, round, short } from "./format.js";
import { pointed } from "./timeline.js";

const percent = (value) => `${value} %`;
const line = (series, top, format) => (canvas) => new LineChart(canvas, { series, top, format });

const CHARTS = [
  {
    title: "CPU",
    value: (s) => [s.cpu.toFixed(0), "%"],
    legend: (s) => `all ${s.cores.length} cores together`,
    make: line([{ of: (s) => s.cpu, color: "series-1", fill: true }], () => 100, percent),
  },
  {
    title: "Cores",
    value: (s) => [Math.max(...s.cores).toFixed(0), "%"],
    legend: (s) => `the busiest is core ${s.cores.indexOf(Math.max(...s.cores))}; full colour is 100 %`,
    make: (canvas) => new HeatChart(canvas, { rows: (s) => s.cores }),
  },
  {
    title: "Memory",
    value: (s) => [s.memory.toFixed(1), "%"],
    legend: (s) => `${gigabytes(s.memory_used)} of ${gigabytes(s.memory_total)} GiB in use`,
    make: line([{ of: (s) => s.memory, color: "series-1", fill: true }], () => 100, percent),
  },
  {
    title: "Network",
    value: (s) => rate(s.received),
    legend: (s) => [["series-1", "received"], ["series-2", `sent, ${rate(s.sent).join(" ")}`]],
    make: line(
      [{ of: (s) => s.received, color: "series-1", fill: true }, { of: (s) => s.sent, color: "series-2", dash: [2, 4] }],
      (value) => round(Math.max(value, 1000)),
      (value) => rate(value).join(" "),
    ),
  },
  {
    title: "Load",
    value: (s) => [s.load.toFixed(2), "tasks"],
    legend: () => "running or waiting, average of one minute",
    make: line([{ of: (s) => s.load, color: "series-1", fill: true }], (value) => round(Math.max(value, 1)), short),
  },
  {
    title: "Event-loop lag",
    value: (s) => delay(s.lag),
    legend: () => "how late this server woke up, at worst",
    make: line(
      [{ of: (s) => s.lag, color: "series-1", fill: true }],
      (value) => round(Math.max(value, 10)),
      (value) => delay(value).join(" "),
    ),
  },
];

/** Make the cards; returns a function that draws them all. */
export function machine(timeline, parent) {
  const template = document.getElementById("chart-template");
  const cards = CHARTS.map((spec, index) => new Card(spec, index, template, parent));
  const draw = () => {
    const view = timeline.view();
    for (const card of cards) card.draw(view);
  };
  let asked = 0;
  const soon = () => (asked ||= requestAnimationFrame(() => ((asked = 0), draw())));
  for (const card of cards) card.onPoint((time) => ((timeline.cursor = time), soon()));
  const observer = new ResizeObserver(soon);
  for (const card of cards) observer.observe(card.canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon);
  return soon;
}

class Card {
  constructor(spec, index, template, parent) {
    const root = template.content.firstElementChild.cloneNode(true);
    const [title, number, unit, legend, canvas] = ["h3", ".number", ".unit", ".legend", "canvas"].map((one) =>
      root.querySelector(one),
    );
    title.textContent = spec.title;
    title.id = `chart-${index}`;
    root.setAttribute("aria-labelledby", title.id);
    Object.assign(this, { spec, root, number, unit, legend, canvas, chart: spec.make(canvas) });
    parent.append(root);
  }

  draw(view) {
    this.chart.draw(view);
    const sample = pointed(view);
    const [number, unit] = sample ? this.spec.value(sample) : ["–", ""];
    this.number.textContent = number;
    this.unit.textContent = unit;
    this.canvas.setAttribute("aria-label", `${this.spec.title}: ${number} ${unit}`);
    if (view.cursor !== null) this.tellTime(sample, view);
    else if (sample) this.tellLegend(this.spec.legend(sample));
  }

  tellTime(sample, view) {
    const when = new Date(view.cursor * 1000).toLocaleTimeString();
    this.legend.textContent = sample ? `at ${when}` : `nothing was measured at ${when}`;
  }

  tellLegend(legend) {
    if (typeof legend === "string") {
      this.legend.textContent = legend;
      return;
    }
    const keys = legend.map(([color, text]) => {
      const key = document.createElement("span");
      key.className = `key ${color}`;
      key.textContent = text;
      return key;
    });
    this.legend.replaceChildren(...keys);
  }

  /** Tell the time that the pointer or the arrow keys choose; null for none. */
  onPoint(tell) {
    const { canvas, chart } = this;
    const at = (event) => tell(this.within(chart.timeAt(event.clientX - canvas.getBoundingClientRect().left)));
    canvas.addEventListener("pointermove", at);
    canvas.addEventListener("pointerdown", at);
    for (const name of ["pointerleave", "blur"]) canvas.addEventListener(name, () => tell(null));
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === "Escape") tell(null);
      if (!step || !chart.view) return;
      event.preventDefault();
      const { cursor, end } = chart.view;
      tell(this.within((cursor ?? end) + step * (event.shiftKey ? 10 : 1)));
    });
  }

  within(time) {
    const { begin, end } = this.chart.view;
    return Math.min(end, Math.max(begin, time));
  }
}
