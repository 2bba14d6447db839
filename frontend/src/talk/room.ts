// One connection for all of this part but an answer's text: the chat, who is here, notifications,
// and the list of answers.

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type LinkState, LiveSocket } from "../lib/socket";
import { add, EMPTY, type Log, since } from "./log";
import { keepName, ownName } from "./names";
import { confirmed, type Pending, pending, settled } from "./outbox";
import { type Frame, type Member, publicationOf, type Said, type Summary } from "./protocol";

const SILENCE = 12_000; // milliseconds; the server says who is here every five seconds

export interface Notice {
  id: number;
  text: string;
}

export class Room {
  readonly #name = signal(ownName());
  readonly #log = signal<Log>(EMPTY);
  readonly #outbox = signal<readonly Pending[]>([]);
  readonly #members = signal<readonly Member[]>([]);
  readonly #answers = signal<readonly Summary[] | null>(null);
  readonly #notices = signal<readonly Notice[]>([]);
  readonly #socket = signal<LiveSocket | null>(null);
  #connections = 0;
  #noticed = 0;
  #stop = () => {};

  readonly name: ReadonlySignal<string> = this.#name;
  readonly log: ReadonlySignal<Log> = this.#log;
  readonly outbox: ReadonlySignal<readonly Pending[]> = this.#outbox;
  readonly members: ReadonlySignal<readonly Member[]> = this.#members;
  /** Null until the server has said which it keeps. */
  readonly answers: ReadonlySignal<readonly Summary[] | null> = this.#answers;
  readonly notices: ReadonlySignal<readonly Notice[]> = this.#notices;
  readonly link: ReadonlySignal<LinkState> = computed(
    () => this.#socket.value?.state.value ?? "closed",
  );

  /** Connect. What was said since this page was last here comes first. */
  enter(): void {
    if (this.#socket.peek()) return;
    const socket = new LiveSocket(() => this.#path(), {
      silence: SILENCE,
      onMessage: (message) => this.#take(message),
    });
    this.#stop = effect(() => {
      if (socket.state.value === "open") this.#connections += 1;
    });
    this.#socket.value = socket;
  }

  leave(): void {
    this.#stop();
    this.#socket.peek()?.close();
    this.#socket.value = null;
  }

  rename(name: string): void {
    if (name === this.#name.peek()) return;
    this.#name.value = name;
    keepName(name);
    this.#socket.peek()?.reopen();
  }

  /** False where there is no connection to say it over. */
  say(text: string): boolean {
    const said = text.trim();
    if (!said || !this.#socket.peek()?.send(said)) return false;
    const sent = pending(this.#name.peek(), said, this.#connections);
    this.#outbox.value = [...this.#outbox.peek(), sent];
    return true;
  }

  sayAgain(lost: Pending): void {
    if (this.say(lost.text)) this.drop(lost);
  }

  drop(lost: Pending): void {
    this.#outbox.value = this.#outbox.peek().filter(({ id }) => id !== lost.id);
  }

  dismiss(notice: Notice): void {
    this.#notices.value = this.#notices.peek().filter(({ id }) => id !== notice.id);
  }

  #path(): string {
    const position = new URLSearchParams({ since: since(this.#log.peek()) });
    return `ws/chat/${encodeURIComponent(this.#name.peek())}?${position}`;
  }

  #take(message: unknown): void {
    const frame = publicationOf(message);
    switch (frame?.data.kind) {
      case "said":
        this.#log.value = add(this.#log.peek(), frame as Frame<Said>);
        this.#outbox.value = confirmed(this.#outbox.peek(), frame.data);
        break;
      case "here":
        this.#members.value = frame.data.members;
        this.#outbox.value = settled(this.#outbox.peek(), this.#connections);
        break;
      case "answers":
        this.#answers.value = frame.data.answers;
        break;
      case "notice":
        this.#notice(frame.data.text);
        break;
    }
  }

  #notice(text: string): void {
    this.#noticed += 1;
    this.#notices.value = [...this.#notices.peek(), { id: this.#noticed, text }];
  }
}
