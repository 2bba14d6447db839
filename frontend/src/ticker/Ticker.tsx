import { Section } from "../app/Section";
import { useVisible } from "../lib/visible";
import "./ticker.css";

export function Ticker() {
  const { ref } = useVisible();
  return (
    <Section id="ticker" title="Ticker" lead="Comes next." sectionRef={ref}>
      <div class="grid" />
    </Section>
  );
}
