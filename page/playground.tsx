import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { call } from './api';
import { Composer } from './composer';
import { ConnectDialog } from './connect-dialog';
import { clock, EntryOf, KINDS } from './entry';
import { Client, Gateway, shortId } from './gateway';
import { Row } from './journal';
import { useObservable } from './observable';

/** Frames that a client's card shows. */
const MOST_FRAMES = 100;

interface Props {
  readonly gateway: Gateway;
  readonly draft?: { readonly text: string };
  readonly connecting: boolean;
  readonly connect: (connecting: boolean) => void;
}

/** Clients that run in the gateway, side by side. */
export function Playground({ gateway, draft, connecting, connect }: Props) {
  const { clients, hello } = useObservable(gateway);
  useObservable(gateway.journal);
  return (
    <section class="play" aria-label="Playground">
      <div class="title">
        <h2>
          Clients <span class="count">{clients.length}</span>
        </h2>
        <button class="primary" disabled={hello.apis.length === 0} onClick={() => connect(true)}>
          New client
        </button>
      </div>
      {clients.length === 0 && (
        <p class="hint">
          Clients run in the gateway, so that they can send headers, and connect to it alone. <kbd>n</kbd> connects one.
        </p>
      )}
      <div class="clients">
        {clients.map((client) => (
          <Card key={client.client} {...{ client, gateway, draft }} />
        ))}
      </div>
      {connecting && <ConnectDialog gateway={gateway} onClose={() => connect(false)} />}
    </section>
  );
}

function Card({ client, gateway, draft }: { readonly client: Client; readonly gateway: Gateway; readonly draft?: Props['draft'] }) {
  const { state, refused, connectionId, code, reason } = client;
  const [error, setError] = useState('');
  const name = nameOf(client, gateway);
  const path = `/clients/${encodeURIComponent(client.client)}`;
  const run = (work: Promise<unknown>): void =>
    void work.then(
      () => setError(''),
      ({ message }: Error) => setError(message),
    );
  const send = (text: string): void => run(call('POST', `${path}/send`, { text }));
  return (
    <article class="client" aria-label={`Client ${name}`}>
      <div class="title">
        <span class={`state ${refused ? 'refused' : state}`}>{refused ? 'refused' : state}</span>
        <h3>{name}</h3>
        {state === 'open' && (
          <button class="quiet" aria-label={`Disconnect ${name}`} onClick={() => run(call('POST', `${path}/close`, {}))}>
            Disconnect
          </button>
        )}
        <button class="quiet" aria-label={`Remove ${name}`} onClick={() => run(call('DELETE', path))}>
          Remove
        </button>
      </div>
      <p class="mono faint">
        {connectionId === undefined ? '' : `${shortId(connectionId)}  `}
        {client.url.split('?')[0]}
      </p>
      {refused && (
        <p class="error">
          refused with {refused.status}: {refused.body}
        </p>
      )}
      {state === 'closed' && !refused && (
        <p class="faint">
          closed with {code ?? 1006}
          {reason && `: ${reason}`}
        </p>
      )}
      {connectionId !== undefined && (
        <Talk rows={gateway.journal.conversation(connectionId)} {...{ name }} onAgain={state === 'open' ? send : undefined} />
      )}
      {error !== '' && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {!refused && (
        <Composer
          api={gateway.hello.apis.find(({ url }) => client.url.startsWith(url)) ?? gateway.hello.apis[0]}
          isOpen={state === 'open'}
          onSend={send}
          id={client.client}
          {...{ name, draft }}
        />
      )}
    </article>
  );
}

/** What a client sent and got. */
function Talk({
  rows,
  name,
  onAgain,
}: {
  readonly rows: readonly Row[];
  readonly name: string;
  readonly onAgain?: (text: string) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const frames = rows.filter(({ entry }) => entry.type === 'frame').slice(-MOST_FRAMES);
  useLayoutEffect(() => {
    list.current!.scrollTop = list.current!.scrollHeight;
  }, [frames[frames.length - 1]?.id]);
  return (
    <div class="talk" ref={list} tabIndex={0} role="group" aria-label={`Messages of ${name}`}>
      {frames.length === 0 ? (
        <p class="hint">No message yet.</p>
      ) : (
        <ul>
          {frames.map(({ id, kind, entry }) => {
            const { text, time } = entry as EntryOf<'frame'>;
            return (
              <li key={id} title={clock(time)}>
                <span class={`kind ${kind}`}>{KINDS[kind]}</span>
                <span class="text">{text.slice(0, 2_000)}</span>
                {kind === 'in' && onAgain && (
                  <button class="quiet" aria-label={`Send again: ${text.slice(0, 60)}`} onClick={() => onAgain(text)}>
                    Again
                  </button>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function nameOf({ name, connectionId, client }: Client, gateway: Gateway): string {
  return name ?? (connectionId === undefined ? undefined : gateway.userOf(connectionId)) ?? client.slice(0, 8);
}
