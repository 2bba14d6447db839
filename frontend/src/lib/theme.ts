// The colours of the style sheets, for what is drawn on a canvas.

import { computed, type ReadonlySignal, signal } from "@preact/signals";

const NAMES = [
  "ground",
  "surface",
  "sunken",
  "edge",
  "ink",
  "muted",
  "accent",
  "accent-soft",
  "warn",
  "bad",
  "grid",
  "hatch",
  "series-1",
  "series-1-soft",
  "series-2",
  "series-2-soft",
  "series-3",
  "series-4",
] as const;

export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;
export type Scheme = "light" | "dark";

const dark = matchMedia("(prefers-color-scheme: dark)");
const scheme_ = signal<Scheme>(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => {
  scheme_.value = dark.matches ? "dark" : "light";
});

export const scheme: ReadonlySignal<Scheme> = scheme_;

/** Changes with the scheme: who draws with it subscribes to it. */
export const palette: ReadonlySignal<Palette> = computed(() => {
  scheme_.value; // read anew when it changes
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(entries) as Palette;
});

export const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
