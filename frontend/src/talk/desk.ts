// Which answer this tab watches: one of those that the server keeps.

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Answer, postJson } from "../lib/http";
import type { LinkState } from "../lib/socket";
import type { Summary } from "./protocol";
import { Watch } from "./watch";

const KEY = "answer"; // kept for this tab: it survives a reload

export class Desk {
  readonly #chosen = signal(sessionStorage.getItem(KEY) ?? "");
  readonly #watch = signal<Watch | null>(null);
  readonly #open = signal(false);

  readonly chosen: ReadonlySignal<string> = this.#chosen;
  /** What the server says of the chosen answer; undefined where it keeps none of that name. */
  readonly summary: ReadonlySignal<Summary | undefined>;
  readonly text: ReadonlySignal<string> = computed(() => this.#watch.value?.text.value ?? "");
  readonly link: ReadonlySignal<LinkState> = computed(
    () => this.#watch.value?.link.value ?? "closed",
  );

  constructor(answers: ReadonlySignal<readonly Summary[] | null>) {
    this.summary = computed(() => answers.value?.find(({ id }) => id === this.#chosen.value));
    effect(() => this.#follow(this.#open.value, this.summary.value));
  }

  /** While the panel is on screen it watches. */
  show(open: boolean): void {
    this.#open.value = open;
  }

  choose(id: string): void {
    sessionStorage.setItem(KEY, id);
    this.#chosen.value = id;
  }

  async ask(prompt: string): Promise<Answer<{ id: string }>> {
    const answer = await postJson<{ id: string }>("answers", { prompt });
    if (answer.ok) this.choose(answer.data.id);
    return answer;
  }

  /** Stop it for everybody who watches, or let it go on. */
  turn(action: "stop" | "resume"): Promise<Answer<null>> {
    return postJson<null>(`answers/${this.#chosen.peek()}/${action}`);
  }

  /** The list comes over another connection: it may know of an answer before its text is here. */
  #follow(open: boolean, summary: Summary | undefined): void {
    const watch = this.#watch.peek();
    if (open && summary && watch?.id === summary.id) {
      watch.update(summary);
      return;
    }
    watch?.close();
    if (open && summary) this.#watch.value = new Watch(summary);
    else if (!open) this.#watch.value = null;
  }
}
