import { useEffect, useState } from 'preact/hooks';
import { Connections } from './connections';
import { Details } from './details';
import { Faults } from './faults';
import { FilterBar, SEARCH } from './filter-bar';
import { Gateway } from './gateway';
import { Help } from './help';
import { Row } from './journal';
import { useObservable } from './observable';
import { Playground } from './playground';
import { move, Timeline } from './timeline';

const VIEWS = { traffic: 'Traffic', playground: 'Playground', connections: 'Connections' } as const;
type View = keyof typeof VIEWS;
type Dock = 'details' | 'faults' | undefined;

const NARROW = matchMedia('(max-width: 759px)');

export function App({ gateway }: { readonly gateway: Gateway }) {
  const { journal, hello, stream, announcement } = useObservable(gateway);
  // Of what came, the parts of the page show their own share.
  useObservable(journal, ({ selected }) => selected && `${selected.id} ${selected.group?.rows.length}`);
  const isNarrow = useMedia(NARROW);
  const [view, go] = useState<View>('traffic');
  const [dock, setDock] = useState<Dock>();
  const [hasHelp, help] = useState(false);
  const [draft, setDraft] = useState<{ readonly text: string }>();
  const [connecting, connect] = useState(false);
  const open = (row: Row): void => {
    journal.select(row);
    setDock('details');
  };
  const show = (next: View): void => {
    go(next);
    setDraft(undefined);
    if (isNarrow || (dock === 'details' && next === 'playground')) setDock(undefined);
  };
  const again = (text: string): void => {
    show('playground');
    setDraft({ text });
  };
  const close = (): void => {
    setDock(undefined);
    document.querySelector<HTMLElement>('.rows')?.focus();
  };
  const shownView = view === 'connections' && !isNarrow ? 'traffic' : view;
  useKeys({
    '1': () => show('traffic'),
    '2': () => show('playground'),
    '3': () => setDock(dock === 'faults' ? undefined : 'faults'),
    '4': () => isNarrow && show('connections'),
    '/': () => {
      show('traffic');
      setTimeout(() => document.getElementById(SEARCH)?.focus());
    },
    'j': () => move(journal, 1),
    'k': () => move(journal, -1),
    'p': () => journal.pause(!journal.isPaused),
    'c': () => journal.clear(),
    'n': () => {
      show('playground');
      connect(true);
    },
    '?': () => help(true),
    'Enter': () => journal.selected && open(journal.selected),
    'Escape': close,
  });
  return (
    <div class={`app ${shownView}${dock ? ' docked' : ''}`}>
      <header>
        <h1>Inspector</h1>
        <nav aria-label="Views">
          {(Object.keys(VIEWS) as View[]).map((one) => (
            <button key={one} class={`tab ${one}-tab`} aria-current={shownView === one ? 'page' : undefined} onClick={() => show(one)}>
              {VIEWS[one]}
            </button>
          ))}
          <button class="tab" aria-pressed={dock === 'faults'} onClick={() => setDock(dock === 'faults' ? undefined : 'faults')}>
            Faults{hello.faults.length > 0 && <span class="count"> {hello.faults.length} active</span>}
          </button>
        </nav>
        <span class={`stream ${stream}`}>
          {{ connecting: 'connecting', live: 'live', lost: 'gateway does not answer, trying again' }[stream]}
        </span>
        {hello.recording !== undefined && (
          <span class="recording" title={hello.recording}>
            recording
          </span>
        )}
        <button class="quiet" aria-label="Help" onClick={() => help(true)}>
          ?
        </button>
      </header>
      <main>
        {shownView === 'playground' ? (
          <Playground {...{ gateway, draft, connecting, connect }} />
        ) : (
          <>
            {(!isNarrow || shownView === 'connections') && <Connections gateway={gateway} onPick={() => show('traffic')} />}
            {shownView === 'traffic' && (
              <section class="traffic" aria-label="Traffic">
                <FilterBar gateway={gateway} />
                <Timeline {...{ gateway, isNarrow }} onOpen={open} />
              </section>
            )}
          </>
        )}
        {dock && (
          <aside aria-label={dock === 'faults' ? 'Faults' : 'Details'}>
            <button class="quiet close" onClick={close}>
              Close
            </button>
            {dock === 'faults' ? (
              <Faults gateway={gateway} />
            ) : journal.selected ? (
              <Details row={journal.selected} gateway={gateway} onAgain={again} />
            ) : (
              <p class="hint">No entry is selected.</p>
            )}
          </aside>
        )}
      </main>
      <p class="unseen" role="status" aria-live="polite">
        {announcement}
      </p>
      {hasHelp && <Help onClose={() => help(false)} />}
    </div>
  );
}

/** Keys that work wherever nothing is typed. */
function useKeys(keys: Readonly<Record<string, () => unknown>>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, target } = event;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      const element = target as HTMLElement;
      if (element.closest('input, textarea, select')) {
        if (key === 'Escape') element.blur();
        return;
      }
      if (!(key in keys) || (key === 'Enter' && element.closest('button, a, summary'))) return;
      event.preventDefault();
      keys[key]();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}

function useMedia(media: MediaQueryList): boolean {
  const [matches, set] = useState(media.matches);
  useEffect(() => {
    const onChange = (): void => set(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, [media]);
  return matches;
}
