import { Section } from "../app/Section";
import { useVisible } from "../lib/visible";
import "./talk.css";

export function Talk() {
  const { ref } = useVisible();
  return (
    <Section id="talk" title="Talk" lead="Comes next." sectionRef={ref}>
      <div class="grid" />
    </Section>
  );
}
