import { Dialog } from './dialog';
import { Kind, KINDS, MEANINGS } from './entry';

const KEYS = [
  ['1 2', 'Traffic, playground'],
  ['3', 'Faults, on or off'],
  ['4', 'Connections (narrow screens)'],
  ['/', 'Search'],
  ['j k, ↓ ↑', 'Next, previous entry'],
  ['Home End', 'First, last entry'],
  ['Enter', 'Show the entry'],
  ['Esc', 'Close what is open, or leave the field'],
  ['p', 'Pause or go on'],
  ['c', 'Clear the timeline'],
  ['n', 'New client'],
  ['Ctrl Enter', 'Send, in a message'],
  ['?', 'This help'],
] as const;

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Help" onClose={onClose}>
      <h3>Keys</h3>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h3>Entries</h3>
      <dl class="keys">
        {(Object.keys(KINDS) as Kind[]).map((kind) => (
          <div key={kind}>
            <dt>
              <span class={`kind ${kind}`}>{KINDS[kind]}</span>
            </dt>
            <dd>{MEANINGS[kind]}</dd>
          </div>
        ))}
        <div>
          <dt>!</dt>
          <dd>it failed, or it was printed to stderr</dd>
        </div>
        <div>
          <dt>#12</dt>
          <dd>entries with the same number belong to one request</dd>
        </div>
      </dl>
    </Dialog>
  );
}
