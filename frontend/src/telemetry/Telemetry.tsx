import { Section } from "../app/Section";
import { useVisible } from "../lib/visible";
import "./telemetry.css";

export function Telemetry() {
  const { ref } = useVisible();
  return (
    <Section id="telemetry" title="This machine" lead="Comes next." sectionRef={ref}>
      <div class="grid" />
    </Section>
  );
}
