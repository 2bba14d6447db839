// The page: this machine's stream, its state, and the people on it.

import { machine } from "./machine.js";
import { People } from "./people.js";
import { LiveSocket } from "./socket.js";
import { HOLE, Timeline } from "./timeline.js";

const get = (id) => document.getElementById(id);
const SILENCE = 6000; // milliseconds; the stream brings something every second

const timeline = new Timeline();
const draw = machine(timeline, get("charts"));
let link = "connecting";
let retryAt = 0;

// Each connection begins with what was measured before it, so that no hole stays.
const socket = new LiveSocket("ws/telemetry", {
  silence: SILENCE,
  onMessage({ data }) {
    timeline.add(data);
    refresh();
  },
  onState(state, at) {
    [link, retryAt] = [state, at];
    refresh();
  },
});

function refresh() {
  tell(...status());
  if (!timeline.frozen) draw();
}

/** The state of the stream: a word for it, a text, and a detail that changes every second. */
function status() {
  const age = timeline.age();
  const silent = age > HOLE ? `nothing for ${age.toFixed(0)} s` : "";
  if (link === "waiting") {
    const wait = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    return ["lost", "Reconnecting", wait ? `in ${wait} s` : "now"];
  }
  if (link === "refused") return ["lost", "Refused by the server", ""];
  if (link === "connecting") return [timeline.last ? "lost" : "connecting", "Connecting", silent];
  if (silent) return ["stale", "Stale", silent];
  if (timeline.frozen) return ["paused", "Paused", "still measuring"];
  return timeline.last ? ["live", "Live", "every second"] : ["connecting", "Connected", ""];
}

function tell(state, text, detail) {
  get("status").dataset.state = state;
  get("charts").dataset.state = state;
  // A live region is read aloud whenever it is written to, so only for news.
  if (get("status-text").textContent !== text) get("status-text").textContent = text;
  get("status-detail").textContent = detail;
}

get("pause").addEventListener("click", (event) => {
  timeline.pause(!timeline.frozen);
  const button = event.currentTarget;
  button.setAttribute("aria-pressed", String(Boolean(timeline.frozen)));
  button.firstElementChild.textContent = timeline.frozen ? "Resume" : "Pause";
  refresh();
  draw();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) socket.retryNow();
});
setInterval(refresh, 1000); // so that silence shows
new People();
