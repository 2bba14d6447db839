import type { ComponentChildren, RefObject } from "preact";

interface Props {
  id: string;
  title: string;
  lead: ComponentChildren;
  /** For `useVisible`. */
  sectionRef?: RefObject<HTMLElement | null>;
  /** Stands beside the title: buttons that concern the whole section. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** A part of the page, with an address of its own. */
export function Section({ id, title, lead, sectionRef, actions, children }: Props) {
  return (
    <section id={id} class="section" aria-labelledby={`${id}-title`} ref={sectionRef ?? null}>
      <div class="section-head">
        <div class="section-words">
          <h2 id={`${id}-title`}>{title}</h2>
          <p class="lead">{lead}</p>
        </div>
        {actions && <div class="actions">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
