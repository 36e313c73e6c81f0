import { useEffect, useState } from 'preact/hooks';
import { Kind, KINDS, MEANINGS } from './entry';
import { Gateway, nameOf, shortId } from './gateway';
import { useObservable } from './observable';

/** Milliseconds after the last key until the search begins. */
const TYPING = 120;

export const SEARCH = 'search';

/** What the timeline shows. */
export function FilterBar({ gateway }: { readonly gateway: Gateway }) {
  const { connections } = useObservable(gateway);
  const journal = useObservable(gateway.journal, ({ controls }) => controls);
  const { filter, isPaused, held } = journal;
  const [text, setText] = useState(filter.text);
  useEffect(() => setText(filter.text), [filter.text]);
  useEffect(() => {
    if (text === filter.text) return undefined;
    const timer = setTimeout(() => journal.show({ text }), TYPING);
    return () => clearTimeout(timer);
  }, [text]);
  const toggle = (kind: Kind): void => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(kind)) hidden.add(kind);
    journal.show({ hidden });
  };
  const picked = filter.connectionId;
  const isGone = picked !== undefined && !connections.some(({ connectionId }) => connectionId === picked);
  return (
    <div class="filters" role="search" aria-label="Timeline">
      <input
        id={SEARCH}
        type="search"
        placeholder="Search  /"
        aria-label="Search in all texts"
        value={text}
        onInput={({ currentTarget: { value } }) => setText(value)}
      />
      <select
        aria-label="Connection"
        value={picked ?? ''}
        onChange={({ currentTarget: { value } }) => journal.show({ connectionId: value || undefined })}
      >
        <option value="">All connections</option>
        {isGone && <option value={picked}>{shortId(picked)} (closed)</option>}
        {connections.map((one) => (
          <option key={one.connectionId} value={one.connectionId}>
            {nameOf(one)} {one.user && shortId(one.connectionId)}
          </option>
        ))}
      </select>
      <select
        aria-label="Route"
        value={filter.routeKey ?? ''}
        onChange={({ currentTarget: { value } }) => journal.show({ routeKey: value || undefined })}
      >
        <option value="">All routes</option>
        {[...new Set([...gateway.hello.apis.flatMap(({ routes }) => routes.map(({ routeKey }) => routeKey)), ...journal.routeKeys])]
          .sort()
          .map((key) => (
            <option key={key} value={key}>
              {key}
            </option>
          ))}
      </select>
      <span class="buttons">
        <button aria-pressed={isPaused} onClick={() => journal.pause(!isPaused)}>
          {isPaused ? `Go on (${held} new)` : 'Pause'}
        </button>
        <button onClick={() => journal.clear()}>Clear</button>
      </span>
      <div class="kinds" role="group" aria-label="Kinds of entries">
        {(Object.keys(KINDS) as Kind[]).map((kind) => (
          <button
            key={kind}
            class={`kind ${kind}`}
            title={MEANINGS[kind]}
            aria-pressed={!filter.hidden.has(kind)}
            onClick={() => toggle(kind)}
          >
            {KINDS[kind]}
          </button>
        ))}
      </div>
    </div>
  );
}
