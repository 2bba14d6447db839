import icon from "../icon.svg";
import { useCurrent } from "./current";
import { StatusPill } from "./StatusPill";

const TITLES = { compare: "Compare", telemetry: "Telemetry", ticker: "Ticker", talk: "Talk" };
const IDS = Object.keys(TITLES);

/** The bar that stays at the top. */
export function Header() {
  const current = useCurrent(IDS);
  return (
    <header class="bar">
      <div class="bar-inner">
        <a class="brand" href="./" aria-label="Holdfast demo">
          <img src={icon} alt="" width="28" height="28" />
          <span>Holdfast</span>
        </a>
        <nav class="bar-nav" aria-label="Sections">
          {Object.entries(TITLES).map(([id, title]) => (
            <a key={id} href={`#${id}`} aria-current={current.value === id ? "true" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <StatusPill />
      </div>
    </header>
  );
}
