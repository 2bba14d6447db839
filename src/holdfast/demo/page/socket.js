// A WebSocket that comes back: exponential backoff with jitter, and a limit to silence.

const FIRST = 500; // milliseconds before the first new try
const LONGEST = 15_000;

/** Where a path of this app is reached, also when the app is mounted below another one. */
export function address(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/**
 * States given to `onState`: "connecting", "open", "waiting" (with `retryAt`, in milliseconds
 * since 1970), "refused" (the server asked not to come back).
 */
export class LiveSocket {
  constructor(path, { onMessage, onState, silence = 0 }) {
    this.onMessage = onMessage;
    this.onState = onState;
    this.silence = silence;
    this.failures = 0;
    addEventListener("online", () => this.retryNow());
    this.open(path);
  }

  /** Connect; to another path than before, leave that one first. */
  open(path = this.path) {
    this.letGo();
    this.path = path;
    this.state = "connecting";
    this.onState("connecting");
    const socket = (this.socket = new WebSocket(address(path)));
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => this.received(event);
    socket.onclose = (event) => this.closed(event.code);
  }

  /** False where nothing is open to send on. */
  send(text) {
    if (this.state !== "open") return false;
    this.socket.send(text);
    return true;
  }

  retryNow() {
    if (this.state === "waiting") this.open();
  }

  opened() {
    this.state = "open";
    this.listen();
    this.onState("open");
  }

  received(event) {
    this.failures = 0; // only a connection that brings something is a good one
    this.listen();
    this.onMessage(JSON.parse(event.data));
  }

  /** A network that was cut closes nothing: who hears nothing for too long starts anew. */
  listen() {
    clearTimeout(this.timer);
    if (this.silence) this.timer = setTimeout(() => this.closed(0), this.silence);
  }

  closed(code) {
    this.letGo();
    if (code >= 3500 && code < 4000) { // by Holdfast's convention: do not reconnect
      this.state = "refused";
      this.onState("refused");
      return;
    }
    const longest = Math.min(LONGEST, FIRST * 2 ** this.failures++);
    const wait = longest * (0.5 + Math.random() / 2);
    this.state = "waiting";
    this.timer = setTimeout(() => this.open(), wait);
    this.onState("waiting", Date.now() + wait);
  }

  letGo() {
    clearTimeout(this.timer);
    const socket = this.socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.socket = null;
  }
}
