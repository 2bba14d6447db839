// The chat, who is here, notifications and the stall test: all over one connection.

import { LiveSocket } from "./socket.js";

const get = (id) => document.getElementById(id);
const KEPT = 200; // messages in the page
const SHOWN = 8000; // milliseconds that a notification stays

const FIRST = ["quiet", "brisk", "amber", "calm", "keen", "lucky", "merry", "north", "pale", "swift"];
const SECOND = ["heron", "otter", "kelp", "limpet", "tern", "seal", "whelk", "gull", "crab", "eider"];
const any = (list) => list[Math.floor(Math.random() * list.length)];

/** One name per tab, so that a second tab is a second person. */
function ownName() {
  const name = sessionStorage.getItem("name") ?? `${any(FIRST)}-${any(SECOND)}`;
  sessionStorage.setItem("name", name);
  return name;
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function post(path, body) {
  const headers = { "content-type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export class People {
  constructor() {
    this.name = ownName();
    this.seen = new Set();
    this.stall = new StallView();
    this.socket = new LiveSocket(this.path(), {
      onMessage: ({ data }) => this.take(data),
      onState: (state) => this.state(state),
    });
    get("name").value = this.name;
    get("name").addEventListener("change", () => this.rename());
    get("say").addEventListener("submit", (event) => this.say(event));
    get("notify").addEventListener("submit", (event) => this.notify(event));
    for (const id of ["whom", "notice"]) get(id).addEventListener("input", () => this.showCurl());
    get("stall").addEventListener("click", () => this.stall.start());
    this.showCurl();
  }

  path() {
    return `ws/chat/${encodeURIComponent(this.name)}`;
  }

  /** What is none of these, such as a notice of a gap, needs nothing to be done. */
  take(message) {
    const takers = {
      said: () => this.said(message),
      here: () => this.here(message),
      notice: () => this.notice(message),
      stall: () => this.stall.take(message),
    };
    takers[message?.kind]?.();
  }

  state(state) {
    const words = { open: "", connecting: "connecting", waiting: "reconnecting", refused: "refused" };
    get("chat-state").textContent = words[state];
    get("chat").dataset.state = state;
    if (state !== "open") this.stall.lost();
  }

  rename() {
    const field = get("name");
    if (!field.reportValidity() || field.value === this.name) return;
    this.name = field.value;
    sessionStorage.setItem("name", this.name);
    this.socket.open(this.path());
  }

  say(event) {
    event.preventDefault();
    const field = get("text");
    if (field.value.trim() && this.socket.send(field.value)) field.value = "";
  }

  /** A new connection is told the last messages again. */
  said({ name, text, time }) {
    const key = `${time} ${name}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const log = get("log");
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const item = element("li", name === this.name ? "mine" : "");
    const clock = new Date(time * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    item.append(element("b", "", name), element("time", "", clock), element("span", "", text));
    log.append(item);
    while (log.children.length > KEPT) log.firstElementChild.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  here({ members }) {
    const names = members.map(({ user }) => user);
    const stalled = names.filter((name) => name.startsWith("stalled-"));
    const people = names.filter((name) => !stalled.includes(name));
    const chips = people.map((name) => element("li", name === this.name ? "chip own" : "chip", name));
    if (stalled.length) chips.push(element("li", "chip stalled", `${stalled.length} stalled`));
    get("here").replaceChildren(...chips);
    this.offer(people);
  }

  offer(people) {
    const select = get("whom");
    const chosen = people.includes(select.value) ? select.value : this.name;
    const option = (name) => new Option(name === this.name ? `${name} (you)` : name, name, false, name === chosen);
    select.replaceChildren(...people.map(option));
    this.showCurl();
  }

  showCurl() {
    const url = new URL(`notify/${encodeURIComponent(get("whom").value || this.name)}`, document.baseURI);
    const body = JSON.stringify({ text: get("notice").value }).replaceAll("'", "'\\''");
    get("curl").textContent = `curl ${url} \\\n  --json '${body}'`;
  }

  async notify(event) {
    event.preventDefault();
    const path = `notify/${encodeURIComponent(get("whom").value)}`;
    const answer = await post(path, { text: get("notice").value }).catch(() => null);
    if (!answer?.ok) this.notice({ text: answer ? (await answer.json()).detail : "The server is away" });
  }

  notice({ text }) {
    const box = element("div", "notice");
    const close = element("button", "quiet", "Close");
    close.type = "button";
    close.addEventListener("click", () => box.remove());
    box.append(element("p", "", text), close);
    get("notices").append(box);
    setTimeout(() => box.remove(), SHOWN);
  }
}

/** What this page and the stalled clients get out of the same stream. */
class StallView {
  constructor() {
    this.reset();
  }

  reset() {
    Object.assign(this, { received: 0, first: 0, latest: null, ordered: true, over: true });
  }

  async start() {
    get("stall").disabled = true;
    const answer = await post("stall", { clients: 5 }).catch(() => null);
    if (answer?.ok) return;
    get("stall").disabled = false;
    get("stall-state").textContent = answer ? (await answer.json()).detail : "the server is away";
  }

  take(progress) {
    if (this.over) this.reset();
    this.over = progress.done;
    if (!this.first) this.first = progress.number;
    this.received += 1;
    this.ordered &&= progress.number === this.first + this.received - 1;
    this.latest = progress;
    this.asked ??= requestAnimationFrame(() => this.show());
  }

  /** The connection went: a test that ran is over for this page. */
  lost() {
    if (this.over) return;
    this.over = true;
    get("stall").disabled = false;
    get("stall-state").textContent = "the connection was lost";
  }

  show() {
    this.asked = undefined;
    const { number, clients, done } = this.latest;
    const sent = number - this.first + 1;
    get("received").textContent = this.received;
    get("received-of").textContent = `of ${sent} messages${this.ordered ? ", in order" : ""}`;
    const aborted = clients.filter((one) => one.ended).length;
    get("stall-state").textContent = done ? `over: ${aborted} of ${clients.length} aborted` : "running";
    get("stall").disabled = !done;
    get("fates").replaceChildren(...clients.map(fate));
  }
}

function fate({ name, ended, seconds }) {
  const item = element("li", ended ? "gone" : "stuck");
  item.append(element("b", "", name));
  item.append(element("span", "", ended ? `aborted after ${seconds.toFixed(1)} s` : "joined, not reading"));
  item.title = ended;
  return item;
}
