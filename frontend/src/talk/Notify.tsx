import { useComputed, useSignal } from "@preact/signals";
import { postJson } from "../lib/http";
import { Command } from "./Command";
import { notifyCommand } from "./commands";
import type { Room } from "./room";
import { number } from "./words";

const LONGEST = 280; // characters, as the server takes them

/** Tell one person something, on every page that they have open, by an ordinary POST. */
export function Notify({ room }: { room: Room }) {
  const chosen = useSignal("");
  const text = useSignal("Your order has shipped");
  const told = useSignal("");
  const user = useComputed(() => chosenOf(room, chosen.value));
  const command = useComputed(() => notifyCommand(user.value, text.value));
  const notify = async (event: Event) => {
    event.preventDefault();
    const path = `notify/${encodeURIComponent(user.peek())}`;
    const answer = await postJson<{ pages: number }>(path, { text: text.peek() });
    told.value = answer.ok ? `Sent to ${number(answer.data.pages, "page")}` : answer.detail;
  };
  return (
    <article class="card" aria-labelledby="talk-notify">
      <div class="card-head">
        <h3 id="talk-notify">Notify one person</h3>
        <p class="note" role="status">
          {told}
        </p>
      </div>
      <form class="stack" onSubmit={notify}>
        <Whom room={room} user={user.value} choose={(name) => (chosen.value = name)} />
        <div>
          <label for="talk-notice">Text</label>
          <input
            id="talk-notice"
            required
            maxLength={LONGEST}
            autocomplete="off"
            value={text}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </div>
        <button type="submit">Notify</button>
      </form>
      <Command title="The same from a terminal" command={command} />
    </article>
  );
}

/** Who was chosen, as long as they are here; else oneself. */
function chosenOf(room: Room, chosen: string): string {
  const here = room.members.value.some(({ user }) => user === chosen);
  return here ? chosen : room.name.value;
}

interface WhomProps {
  room: Room;
  user: string;
  choose: (name: string) => void;
}

function Whom({ room, user, choose }: WhomProps) {
  const own = room.name.value;
  const others = room.members.value.map((member) => member.user).filter((name) => name !== own);
  return (
    <div>
      <label for="talk-whom">To</label>
      <select id="talk-whom" value={user} onChange={(event) => choose(event.currentTarget.value)}>
        <option value={own}>{own} (you)</option>
        {others.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
