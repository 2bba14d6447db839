// A WebSocket that comes back: exponential backoff with jitter, and a limit to silence.

import { type ReadonlySignal, signal } from "@preact/signals";

const FIRST = 500; // milliseconds before the first new try
const LONGEST = 15_000;
const PATIENCE = 10_000; // with a connection that does not come about

export type LinkState = "connecting" | "open" | "waiting" | "refused" | "closed";

interface Options {
  onMessage: (data: unknown) => void;
  /** Milliseconds without a message after which the connection is given up and made anew. */
  silence?: number;
  /** False: messages are handed on as text. */
  parse?: boolean;
}

/** Where a path of this app is reached, also when the app is mounted below another one. */
export function address(path: string): string {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** By Holdfast's convention these codes say: do not come back. */
function isFinal(code: number): boolean {
  return code >= 3500 && code < 4000;
}

export class LiveSocket {
  readonly #state = signal<LinkState>("connecting");
  readonly #retryAt = signal(0);
  readonly #path: () => string;
  readonly #options: Options;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  /** A path function is asked at each connect. */
  constructor(path: string | (() => string), options: Options) {
    this.#path = typeof path === "string" ? () => path : path;
    this.#options = options;
    addEventListener("online", this.#retryNow);
    document.addEventListener("visibilitychange", this.#retryNow);
    this.#connect();
  }

  get state(): ReadonlySignal<LinkState> {
    return this.#state;
  }

  /** Milliseconds since 1970, while waiting. */
  get retryAt(): ReadonlySignal<number> {
    return this.#retryAt;
  }

  /** False where nothing is open to send on. */
  send(text: string): boolean {
    if (this.#state.peek() !== "open") return false;
    this.#socket?.send(text);
    return true;
  }

  /** Connect anew, to what the path function says now. */
  reopen(): void {
    this.#failures = 0;
    this.#connect();
  }

  /** For good. */
  close(): void {
    removeEventListener("online", this.#retryNow);
    document.removeEventListener("visibilitychange", this.#retryNow);
    this.#letGo();
    this.#state.value = "closed";
  }

  readonly #retryNow = () => {
    if (this.#state.peek() === "waiting" && !document.hidden) this.#connect();
  };

  #connect(): void {
    this.#letGo();
    this.#state.value = "connecting";
    const socket = new WebSocket(address(this.#path()));
    this.#socket = socket;
    socket.onopen = () => {
      this.#state.value = "open";
      this.#expect(this.#options.silence);
    };
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#lost(event.code);
    this.#expect(PATIENCE);
  }

  #received(data: string): void {
    this.#failures = 0; // only a connection that brings something is a good one
    this.#expect(this.#options.silence);
    this.#options.onMessage(this.#options.parse === false ? data : JSON.parse(data));
  }

  /** A network that was cut closes nothing: who hears nothing for so long starts anew. */
  #expect(within = 0): void {
    clearTimeout(this.#timer);
    if (within) this.#timer = setTimeout(() => this.#lost(0), within);
  }

  #lost(code: number): void {
    this.#letGo();
    if (isFinal(code)) {
      this.#state.value = "refused";
      return;
    }
    const longest = Math.min(LONGEST, FIRST * 2 ** this.#failures++);
    const wait = longest * (0.5 + Math.random() / 2);
    this.#retryAt.value = Date.now() + wait;
    this.#state.value = "waiting";
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#socket = null;
  }
}
