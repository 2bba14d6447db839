import { Section } from "../app/Section";
import { useVisible } from "../lib/visible";
import "./compare.css";

export function Compare() {
  const { ref } = useVisible();
  return (
    <Section id="compare" title="Side by side" lead="Comes next." sectionRef={ref}>
      <div class="grid" />
    </Section>
  );
}
