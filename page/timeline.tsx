import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { clock, hasFailed, KINDS, MEANINGS, outcomeOf, summaryOf } from './entry';
import { Gateway, shortId } from './gateway';
import { connectionOf, Journal, Row } from './journal';
import { useObservable } from './observable';

/** Rows above and below what is seen, so that a quick scroll meets no white. */
const MARGIN = 8;
/** Characters of a summary: a line shows fewer. */
const MOST_CHARACTERS = 300;

interface Props {
  readonly gateway: Gateway;
  readonly onOpen: (row: Row) => void;
  readonly isNarrow: boolean;
}

/** The entries that pass the filter, of which only those that are seen are in the document. */
export function Timeline({ gateway, onOpen, isNarrow }: Props) {
  const journal = useObservable(gateway.journal);
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [isFollowing, follow] = useState(true);
  const seen = useRef({ dropped: journal.dropped, selected: journal.selected });
  const rowHeight = isNarrow ? 46 : 26;
  const { visible } = journal;
  const total = visible.length * rowHeight;
  const top = isFollowing ? Math.max(0, total - view.height) : view.top;
  // Rows that leave at one end come again at the other, so that scrolling makes no elements.
  const pool = Math.ceil(view.height / rowHeight) + 2 * MARGIN + 1;
  const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN);
  const shown = visible.slice(first, Math.ceil((top + view.height) / rowHeight) + MARGIN);

  useEffect(() => {
    const observer = new ResizeObserver(() => setView(({ top: at }) => ({ top: at, height: list.current!.clientHeight })));
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = list.current!;
    const dropped = journal.dropped - seen.current.dropped;
    seen.current.dropped = journal.dropped;
    if (isFollowing) element.scrollTop = total;
    else if (dropped > 0) element.scrollTop -= dropped * rowHeight;
    if (journal.selected === seen.current.selected) return;
    seen.current.selected = journal.selected;
    const at = journal.selected ? indexOf(visible, journal.selected) : -1;
    if (at < 0) return;
    const height = element.clientHeight;
    if (at * rowHeight < element.scrollTop) element.scrollTop = at * rowHeight;
    else if ((at + 1) * rowHeight > element.scrollTop + height) element.scrollTop = (at + 1) * rowHeight - height;
  });
  const onScroll = (): void => {
    const { scrollTop, clientHeight, scrollHeight } = list.current!;
    setView({ top: scrollTop, height: clientHeight });
    follow(scrollTop + clientHeight >= scrollHeight - rowHeight / 2);
  };

  const { selected } = journal;
  return (
    <div class="timeline">
      <div
        class="rows"
        role="listbox"
        aria-label="Timeline"
        tabIndex={0}
        ref={list}
        onScroll={onScroll}
        aria-activedescendant={selected && shown.includes(selected) ? `row-${selected.id}` : undefined}
        onKeyDown={(event) => onKey(event, journal, Math.floor(view.height / rowHeight) - 1, onOpen)}
      >
        <div class="space" role="presentation" style={{ height: `${total}px` }}>
          {shown.map((row, at) => (
            <Line
              key={(first + at) % pool}
              {...{ row, gateway, onOpen }}
              at={first + at}
              count={visible.length}
              top={(first + at) * rowHeight}
              isSelected={row === selected}
              isLinked={row.group !== undefined && row.group === selected?.group}
            />
          ))}
        </div>
      </div>
      {visible.length === 0 && <Empty gateway={gateway} />}
      {!isFollowing && (
        <button class="newest" onClick={() => follow(true)}>
          Newest ↓
        </button>
      )}
    </div>
  );
}

interface LineProps {
  readonly row: Row;
  readonly gateway: Gateway;
  readonly onOpen: (row: Row) => void;
  readonly at: number;
  readonly count: number;
  readonly top: number;
  readonly isSelected: boolean;
  readonly isLinked: boolean;
}

function Line({ row, gateway, onOpen, at, count, top, isSelected, isLinked }: LineProps) {
  const { entry, kind, group } = row;
  const connectionId = connectionOf(entry) ?? group?.connectionId;
  const hasTag = group !== undefined && group.rows.length > 1;
  return (
    <div
      class={`row ${kind}${hasFailed(entry) ? ' failed' : ''}${isLinked ? ' linked' : ''}${entry.type === 'gap' ? ' gap' : ''}`}
      id={`row-${row.id}`}
      role="option"
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={at + 1}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(row)}
    >
      <span class="time">{clock(entry.time)}</span>
      <span class="kind" title={MEANINGS[kind]}>
        {KINDS[kind]}
      </span>
      <span class="who">{connectionId === undefined ? '' : (gateway.userOf(connectionId) ?? shortId(connectionId))}</span>
      <span class="summary">{summaryOf(entry).slice(0, MOST_CHARACTERS)}</span>
      <span class="outcome">
        {hasFailed(entry) && (
          <span class="mark" role="img" aria-label="failed">
            !
          </span>
        )}
        {outcomeOf(entry)}
      </span>
      <span class="tag" title={hasTag ? `${group.rows.length} entries of request ${group.number}` : undefined}>
        {hasTag && `#${group.number}`}
      </span>
    </div>
  );
}

function Empty({ gateway: { journal, hello } }: { readonly gateway: Gateway }) {
  return (
    <div class="empty">
      {journal.size > 0 ? (
        <>
          <p>None of {journal.size.toLocaleString('en')} entries passes the filter.</p>
          <button onClick={() => journal.showAll()}>Show all</button>
        </>
      ) : (
        <>
          <p>Nothing has happened yet.</p>
          {hello.apis.slice(0, 3).map(({ url }) => (
            <p key={url}>
              <code>npx wscat -c {url}</code>
            </p>
          ))}
          <p>
            Or connect a client in the playground (<kbd>2</kbd>).
          </p>
        </>
      )}
    </div>
  );
}

/** Selects the row that is so many below the selected one. */
export function move(journal: Journal, by: number): void {
  const { visible, selected } = journal;
  if (visible.length === 0) return;
  const at = selected ? indexOf(visible, selected) : -1;
  const from = at >= 0 ? at : by > 0 ? -1 : visible.length;
  journal.select(visible[Math.max(0, Math.min(visible.length - 1, from + by))]);
}

function onKey(event: KeyboardEvent, journal: Journal, page: number, onOpen: (row: Row) => void): void {
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in steps) move(journal, steps[event.key]);
  else if (event.key === 'Enter' && journal.selected) onOpen(journal.selected);
  else return;
  event.preventDefault();
}

/** Rows are in the order of their ids. */
function indexOf(rows: readonly Row[], row: Row): number {
  let [from, to] = [0, rows.length - 1];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (rows[middle].id < row.id) from = middle + 1;
    else to = middle;
  }
  return rows[from]?.id === row.id ? from : -1;
}
