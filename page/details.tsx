import type { ComponentChildren } from 'preact';
import { clock, Entry, EntryOf, KINDS, MEANINGS, milliseconds, size, summaryOf } from './entry';
import { Gateway, shortId } from './gateway';
import { connectionOf, Row } from './journal';
import { TextView } from './json-view';

interface Props {
  readonly row: Row;
  readonly gateway: Gateway;
  readonly onAgain: (text: string) => void;
}

/** Everything about an entry, and what belongs to the same request. */
export function Details({ row, gateway, onAgain }: Props) {
  const { entry, kind, group } = row;
  const connectionId = connectionOf(entry) ?? group?.connectionId;
  const facts: Fact[] = [
    ['Time', clock(entry.time)],
    ['Connection', connectionId],
    ['User', connectionId === undefined ? undefined : gateway.userOf(connectionId)],
    ['Route', 'routeKey' in entry ? entry.routeKey : group?.routeKey],
    ...factsOf(entry),
    ['Request', 'requestId' in entry ? entry.requestId : undefined],
  ];
  return (
    <div class="details">
      <h2>
        <span class={`kind ${kind}`}>{KINDS[kind]}</span> {MEANINGS[kind]}
      </h2>
      <Facts facts={facts} />
      {group && group.rows.length > 1 && <Request {...{ row, gateway }} />}
      <Texts {...{ row, onAgain }} />
      {connectionId !== undefined && (
        <p class="actions">
          <button onClick={() => gateway.journal.show({ connectionId })}>Only {shortId(connectionId)}</button>
        </p>
      )}
    </div>
  );
}

type Fact = readonly [name: string, value: string | number | undefined];

function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl>
      {facts
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The other entries of a request, in their order. */
function Request({ row, gateway: { journal } }: { readonly row: Row; readonly gateway: Gateway }) {
  const rows = [...row.group!.rows].sort((a, b) => a.id - b.id);
  const from = rows[0].entry.time;
  return (
    <section aria-label={`Request ${row.group!.number}`}>
      <div class="title">
        <h3>Request #{row.group!.number}</h3>
      </div>
      <ol class="request">
        {rows.slice(0, 100).map((one) => (
          <li key={one.id}>
            <button aria-current={one === row ? 'true' : undefined} onClick={() => journal.select(one)}>
              <span class="after">+{milliseconds(one.entry.time - from)}</span>
              <span class={`kind ${one.kind}`}>{KINDS[one.kind]}</span>
              <span class="summary">{summaryOf(one.entry).slice(0, 120)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function factsOf(entry: Entry): Fact[] {
  switch (entry.type) {
    case 'connected':
      return [
        ['API', entry.api],
        ['Stage', entry.stage],
        ['URL', entry.url],
        ['Subprotocol', entry.subprotocol],
        ['Address', entry.sourceIp],
      ];
    case 'refused':
      return [
        ['Status', entry.status],
        ['Reason', entry.reason],
        ['API', entry.api],
        ['Stage', entry.stage],
        ['URL', entry.url],
        ['Address', entry.sourceIp],
      ];
    case 'frame':
      return [
        [
          'Sent as',
          entry.by &&
            { reply: 'the reply of a two-way route', post: 'a post to @connections', error: 'an error frame of API Gateway' }[entry.by],
        ],
        ['Reason', entry.reason],
        ['Size', size(entry.text)],
      ];
    case 'invocation':
      return [
        ['Function', entry.target],
        ['Role', entry.role],
        ['Duration', milliseconds(entry.duration)],
        ['Start', entry.isColdStart ? 'cold: a process was started' : 'warm'],
        ['Invocation', entry.invocationId],
      ];
    case 'output':
      return [
        ['Stream', entry.stream],
        ['Invocation', entry.invocationId ?? 'none: the module was loading'],
      ];
    case 'post':
      return [
        ['Status', entry.status],
        ['Reason', entry.reason],
        ['Verb', entry.verb],
      ];
    case 'store':
      return [
        ['Operation', entry.operation],
        ['Table', entry.table],
        ['Status', entry.status],
        ['Duration', milliseconds(entry.duration)],
      ];
    case 'disconnected':
      return [
        ['Code', `${entry.code} ${CODES[entry.code] ?? ''}`],
        ['Reason', entry.reason],
        ['Ended by', `the ${entry.by}`],
      ];
    case 'note':
      return [['Kind', entry.kind]];
    case 'gap':
      return [['Lost', entry.lost]];
  }
}

const CODES: Readonly<Record<number, string>> = {
  1000: 'normal',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code was sent',
  1006: 'no close frame came',
  1007: 'invalid text',
  1008: 'policy',
  1009: 'message too big',
  1011: 'internal error',
  1012: 'service restart',
};

function Texts({ row: { entry, group }, onAgain }: Pick<Props, 'row' | 'onAgain'>): ComponentChildren {
  switch (entry.type) {
    case 'frame':
      return (
        <TextView title="Text" text={entry.text}>
          {entry.direction === 'in' && (
            <button class="quiet" onClick={() => onAgain(entry.text)}>
              Send again
            </button>
          )}
        </TextView>
      );
    case 'connected':
      return (
        <>
          <Handshake entry={entry} />
          {entry.authorizer && <TextView title="Authorizer" text={JSON.stringify(entry.authorizer)} />}
        </>
      );
    case 'refused':
      return (
        <>
          <TextView title="Body" text={entry.body} />
          <Handshake entry={entry} />
        </>
      );
    case 'invocation':
      return (
        <>
          {entry.error && <TextView title={entry.error.type} text={[entry.error.message, ...entry.error.stackTrace].join('\n')} />}
          <Log
            lines={
              (group?.rows ?? [])
                .map((one) => one.entry)
                .filter((one) => one.type === 'output' && one.invocationId === entry.invocationId) as EntryOf<'output'>[]
            }
          />
          <TextView title="Event" text={entry.event} />
          {entry.answer !== undefined && <TextView title="Answer" text={entry.answer} />}
        </>
      );
    case 'output':
      return <TextView title="Line" text={entry.text} />;
    case 'post':
      return entry.body !== undefined && <TextView title="Body" text={entry.body} />;
    case 'store':
      return (
        <>
          <TextView title="Input" text={entry.input} />
          {entry.output !== undefined && <TextView title="Output" text={entry.output} />}
        </>
      );
    case 'note':
      return <TextView title="Text" text={entry.text} />;
    default:
      return null;
  }
}

function Log({ lines }: { readonly lines: readonly EntryOf<'output'>[] }) {
  return lines.length === 0 ? null : (
    <TextView title={`Log, ${lines.length === 1 ? 'one line' : `${lines.length} lines`}`} text={lines.map(({ text }) => text).join('\n')} />
  );
}

function Handshake({ entry: { url, rawHeaders } }: { readonly entry: EntryOf<'connected' | 'refused'> }) {
  const query = [...new URLSearchParams(url.split('?').slice(1).join('?'))];
  const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1]] as const] : []));
  return (
    <>
      {query.length > 0 && <Pairs title="Query" pairs={query} />}
      <Pairs title="Headers" pairs={headers} />
    </>
  );
}

function Pairs({ title, pairs }: { readonly title: string; readonly pairs: ReadonlyArray<readonly [string, string]> }) {
  return (
    <section aria-label={title}>
      <div class="title">
        <h3>{title}</h3>
      </div>
      <dl class="pairs">
        {pairs.map(([name, value], at) => (
          <div key={at}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
