import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Section } from "../app/Section";
import { useVisible } from "../lib/visible";
import { AnswerCard } from "./AnswerCard";
import { Chat } from "./Chat";
import { Desk } from "./desk";
import { Notices } from "./Notices";
import { Notify } from "./Notify";
import { People } from "./People";
import { Room } from "./room";
import "./talk.css";

/** People: who is here, what they say, and what only one of them is told. And an answer in the making. */
export function Talk() {
  const { ref, visible } = useVisible();
  const room = useMemo(() => new Room(), []);
  const desk = useMemo(() => new Desk(room.answers), [room]);
  useSignalEffect(() => {
    if (visible.value) room.enter(); // and stay: a notification finds who looks elsewhere
    desk.show(visible.value);
  });
  useEffect(() => () => room.leave(), [room]);
  return (
    <Section id="talk" title="Talk" lead={LEAD} sectionRef={ref}>
      <div class="talk">
        <People room={room} />
        <Chat room={room} />
        <AnswerCard desk={desk} answers={room.answers} />
        <Notify room={room} />
      </div>
      <Notices room={room} />
    </Section>
  );
}

const LEAD = (
  <>
    Open this page a second time: under another name you are two people, under the same name one.
    How it is made: <a href="source/talk.py">talk.py</a> and{" "}
    <a href="source/answers.py">answers.py</a>.
  </>
);
