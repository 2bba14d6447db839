import { useComputed } from "@preact/signals";
import type { TargetedEvent } from "preact";
import { LONGEST, PATTERN } from "./names";
import type { Member } from "./protocol";
import type { Room } from "./room";
import { linkWords, membersWords, number } from "./words";

const SHOWN = 24; // people, the own name first

/** Who is here, and under which name this tab is. */
export function People({ room }: { room: Room }) {
  const words = useComputed(() =>
    room.link.value === "open" ? membersWords(room.members.value) : linkWords(room.link.value),
  );
  return (
    <article class="card" aria-labelledby="talk-people">
      <div class="card-head">
        <h3 id="talk-people">Who is here</h3>
        <p class="note">{words}</p>
      </div>
      <Chips room={room} />
      <OwnName room={room} />
    </article>
  );
}

function Chips({ room }: { room: Room }) {
  const own = ({ user }: Member) => user === room.name.value;
  const members = room.members.value.toSorted((a, b) => Number(own(b)) - Number(own(a)));
  const others = members.length - SHOWN;
  return (
    <ul class="chips" aria-label="Who is here">
      {members.slice(0, SHOWN).map((member) => (
        <Chip key={member.user} member={member} own={own(member)} />
      ))}
      {others > 0 && <li class="chip">and {others} more</li>}
    </ul>
  );
}

function Chip({ member, own }: { member: Member; own: boolean }) {
  const { user, connections } = member;
  return (
    <li class={own ? "chip good" : "chip"}>
      {user}
      {own && " (you)"}
      {connections > 1 && <span class="talk-count">, {number(connections, "connection")}</span>}
    </li>
  );
}

function OwnName({ room }: { room: Room }) {
  const take = (field: HTMLInputElement) => {
    if (field.reportValidity()) room.rename(field.value);
  };
  const submit = (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem("name");
    if (field instanceof HTMLInputElement) take(field);
  };
  return (
    <form class="push" onSubmit={submit}>
      <label for="talk-name">You are</label>
      <input
        id="talk-name"
        name="name"
        required
        maxLength={LONGEST}
        pattern={PATTERN}
        title={`Letters, digits, dots and dashes, up to ${LONGEST}`}
        autocomplete="off"
        spellcheck={false}
        defaultValue={room.name.peek()}
        onChange={(event) => take(event.currentTarget)}
      />
    </form>
  );
}
