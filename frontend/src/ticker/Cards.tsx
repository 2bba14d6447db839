import { type ReadonlySignal, type Signal, useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useSize } from "../lib/size";
import { palette } from "../lib/theme";
import type { Board } from "./board";
import { useDrawing } from "./drawing";
import { endRow, firstRow, layout, moved, rowTop, scrolledTo, seen } from "./layout";
import { amount, cleared, percent } from "./paint";
import { paintCards } from "./paintCards";

interface Props {
  board: Board;
  order: ReadonlySignal<readonly number[]>;
  step: ReadonlySignal<number>;
  chosen: Signal<number>;
  onScreen: Signal<number>;
}

/**
 * The cards, in a list that scrolls. Those on screen are options of the list, with what never
 * changes; what does is drawn on the one canvas that lies over them and scrolls with them.
 */
export function Cards({ board, order, step, chosen, onScreen }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(list);
  const top = useSignal(0);
  const active = useSignal(chosen.peek());

  const grid = useComputed(() => layout(size.value.width, order.value.length));
  const first = useComputed(() => firstRow(top.value));
  const end = useComputed(() => endRow(top.value, size.value.height, grid.value));
  const places = useComputed(() =>
    order.value.slice(first.value * grid.value.columns, end.value * grid.value.columns),
  );

  useDrawing(() => {
    step.value;
    const [colours, drawn, { columns, width }] = [palette.value, places.value, grid.value];
    const height = rowTop(end.value - first.value);
    onScreen.value = seen(top.value, size.value.height, order.value.length, grid.value);
    if (!canvas.current || !size.value.width) return undefined;
    const element = canvas.current;
    return () => {
      const context = cleared(element, size.peek().width, height);
      if (context) paintCards(context, { board, places: drawn, columns, width }, colours);
    };
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const at = Math.max(0, order.value.indexOf(active.value));
    if (event.key === "Enter" || event.key === " ") chosen.value = order.value[at] ?? chosen.value;
    else {
      const { columns } = grid.value;
      const page = Math.max(1, Math.floor(size.value.height / rowTop(1)));
      const to = moved(event.key, at, order.value.length, columns, page);
      if (to === undefined) return;
      active.value = order.value[to] ?? active.value;
      const row = Math.floor(to / columns);
      if (list.current) list.current.scrollTop = scrolledTo(row, top.value, size.value.height);
    }
    event.preventDefault();
  };

  const onClick = (event: MouseEvent) => {
    const card = (event.target as Element).closest<HTMLElement>("[role=option]");
    if (!card) return;
    active.value = chosen.value = Number(card.dataset.place);
    list.current?.focus({ preventScroll: true }); // a card goes when it is scrolled out of sight
  };

  const label = (place: number) => {
    const { symbol = "", name = "" } = board.listings[place] ?? {};
    if (place !== active.value) return `${symbol}, ${name}`;
    const price = board.prices[place] ?? Number.NaN;
    return `${symbol}, ${name}, ${amount(price)}, ${percent(board.change(place))}`;
  };

  return (
    <div
      class="ticker-list"
      ref={list}
      role="listbox"
      aria-label="Instruments"
      aria-activedescendant={
        places.value.includes(active.value) ? `ticker-${active.value}` : undefined
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
    >
      <div class="ticker-room" style={{ height: `${grid.value.height}px` }}>
        <div
          class="ticker-cards"
          style={{
            transform: `translateY(${rowTop(first.value)}px)`,
            gridTemplateColumns: `repeat(${grid.value.columns}, minmax(0, 1fr))`,
          }}
        >
          {places.value.map((place, index) => (
            <div
              key={place}
              id={`ticker-${place}`}
              data-place={place}
              class={place === active.value ? "ticker-card active" : "ticker-card"}
              role="option"
              tabIndex={-1}
              aria-label={label(place)}
              aria-selected={place === chosen.value}
              aria-setsize={order.value.length}
              aria-posinset={first.value * grid.value.columns + index + 1}
            >
              <b>{board.listings[place]?.symbol}</b>
              <span>{board.listings[place]?.sector}</span>
            </div>
          ))}
          <div class="ticker-drawing" aria-hidden="true">
            <canvas ref={canvas} />
          </div>
        </div>
      </div>
    </div>
  );
}
