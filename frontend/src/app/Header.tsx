import icon from "../icon.svg";
import { StatusPill } from "./StatusPill";

const SECTIONS = [
  ["compare", "Compare"],
  ["telemetry", "Telemetry"],
  ["ticker", "Ticker"],
  ["talk", "Talk"],
] as const;

/** The bar that stays at the top. */
export function Header() {
  return (
    <header class="bar">
      <div class="bar-inner">
        <a class="brand" href="./" aria-label="Holdfast demo">
          <img src={icon} alt="" width="28" height="28" />
          <span>Holdfast</span>
        </a>
        <nav class="bar-nav" aria-label="Sections">
          {SECTIONS.map(([id, title]) => (
            <a key={id} href={`#${id}`}>
              {title}
            </a>
          ))}
        </nav>
        <StatusPill />
      </div>
    </header>
  );
}
