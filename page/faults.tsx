import { useState } from 'preact/hooks';
import { call } from './api';
import { CATALOG, ENDS, Field, Offer } from './fault-catalog';
import { Gateway, nameOf, shortId } from './gateway';
import { useObservable } from './observable';

/** Every fault with its arguments and its rule, and the clock. */
export function Faults({ gateway }: { readonly gateway: Gateway }) {
  const {
    hello: { faults },
  } = useObservable(gateway);
  const [outcome, tell] = useState<{ readonly text: string; readonly isError: boolean }>();
  const run = async (what: string, work: Promise<unknown>): Promise<void> => {
    await work.then(
      () => tell({ text: what, isError: false }),
      ({ message }: Error) => tell({ text: message, isError: true }),
    );
  };
  const put = (fault: string, values: Record<string, unknown>, what: string): void =>
    void run(what, call('POST', '/faults', { fault, ...values }));
  return (
    <div class="faults">
      <h2>Faults</h2>
      <p class={`outcome${outcome?.isError ? ' error' : ''}`} role={outcome?.isError ? 'alert' : undefined}>
        {outcome?.text ?? 'What AWS does once a week, at once.'}
      </p>
      <section aria-label="Active faults">
        <div class="title">
          <h3>
            Active <span class="count">{faults.length}</span>
          </h3>
          <button
            class="quiet"
            disabled={faults.length === 0}
            onClick={() => void run('All faults are cleared.', call('DELETE', '/faults'))}
          >
            Clear all
          </button>
        </div>
        {faults.length === 0 ? (
          <p class="hint">None: the gateway behaves.</p>
        ) : (
          <ul class="active">
            {faults.map(({ fault, text, rule }, at) => (
              <li key={at}>
                <strong>{fault}</strong> {text} {rule !== undefined && <span class="rule">rule {rule}</span>}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-label="Clock">
        <div class="title">
          <h3>Clock</h3>
        </div>
        <p class="hint">Idle times, durations, throttles and delays move; times in events do not.</p>
        <p class="actions">
          {(
            [
              ['10 minutes', 600_000],
              ['2 hours', 7_200_000],
            ] as const
          ).map(([label, ms]) => (
            <button key={ms} onClick={() => put('advance', { milliseconds: ms }, `The clock is ${label} ahead.`)}>
              Advance {label}
            </button>
          ))}
        </p>
      </section>
      <Ends gateway={gateway} onEnd={(values, title) => put('end', values, `${title}: done.`)} />
      {CATALOG.map((offer) => (
        <Card key={offer.title} {...{ offer, gateway }} onPut={(values) => put(offer.fault, values, `${offer.title}: done.`)} />
      ))}
    </div>
  );
}

/** A button for each way to end the chosen connections. */
function Ends({ gateway, onEnd }: { readonly gateway: Gateway; readonly onEnd: (values: Record<string, unknown>, title: string) => void }) {
  const [connection, setConnection] = useState('');
  const [seconds, setSeconds] = useState('10');
  const field: Field = { name: 'connection', label: 'Connection', kind: 'connection' };
  return (
    <section class="ends" aria-label="End connections">
      <div class="title">
        <h3>End connections</h3>
      </div>
      <div class="fields">
        <label>
          Connection
          <Input {...{ field, gateway }} value={connection} onValue={setConnection} />
        </label>
        <label>
          Seconds, of a stall
          <input type="number" min="1" value={seconds} onInput={({ currentTarget }) => setSeconds(currentTarget.value)} />
        </label>
      </div>
      <ul>
        {ENDS.map(({ how, title, what, rule }) => (
          <li key={how}>
            <button
              onClick={() => onEnd({ how, ...(connection && { connection }), ...(how === 'stall' && { seconds: Number(seconds) }) }, title)}
            >
              {title}
            </button>
            <span class="hint">{what}</span>
            <span class="rule">{rule}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface CardProps {
  readonly offer: Offer;
  readonly gateway: Gateway;
  readonly onPut: (values: Record<string, unknown>) => void;
}

function Card({ offer, gateway, onPut }: CardProps) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const textOf = ({ name, value = '' }: Field): string => texts[name] ?? value;
  const apply = (event: Event): void => {
    event.preventDefault();
    const values = offer.fields
      .map((field) => [field, textOf(field)] as const)
      .filter(([, text]) => text !== '')
      .map(([field, text]) => [field.name, field.kind === 'number' || field.isNumber ? Number(text) : text]);
    onPut({ ...offer.fixed, ...(Object.fromEntries(values) as Record<string, unknown>) });
  };
  return (
    <form class="fault" onSubmit={apply} aria-label={offer.title}>
      <div class="title">
        <h3>{offer.title}</h3>
        <span class="rule">
          {offer.rule.includes(',') ? 'rules' : 'rule'} {offer.rule}
        </span>
      </div>
      <p class="hint">{offer.what}</p>
      <div class="fields">
        {offer.fields.map((field) => (
          <label key={field.name}>
            {field.label}
            <Input {...{ field, gateway }} value={textOf(field)} onValue={(text) => setTexts({ ...texts, [field.name]: text })} />
          </label>
        ))}
        <button class="primary">{offer.verb}</button>
      </div>
    </form>
  );
}

interface InputProps {
  readonly field: Field;
  readonly gateway: Gateway;
  readonly value: string;
  readonly onValue: (text: string) => void;
}

function Input({ field, gateway, value, onValue }: InputProps) {
  const onChange = ({ currentTarget }: { readonly currentTarget: HTMLSelectElement | HTMLInputElement }): void =>
    onValue(currentTarget.value);
  if (field.kind === 'number') {
    return (
      <input
        type="number"
        min="0"
        step={field.step ?? 1}
        placeholder={field.placeholder}
        required={field.isRequired}
        value={value}
        onInput={onChange}
      />
    );
  }
  const choices: ReadonlyArray<readonly [string, string]> =
    field.kind === 'connection'
      ? [
        ['', 'all'],
        ...gateway.connections.map(
          (one) => [one.connectionId, `${nameOf(one)} ${one.user === undefined ? '' : shortId(one.connectionId)}`] as const,
        ),
      ]
      : field.kind === 'route'
        ? [...new Set(gateway.hello.apis.flatMap(({ routes }) => routes.map(({ routeKey }) => routeKey)))].map((key) => [key, key] as const)
        : field.choices!;
  // A select shows its first option where the value is none of them.
  const chosen = choices.some(([key]) => key === value) ? value : (choices[0]?.[0] ?? '');
  if (chosen !== value) setTimeout(() => onValue(chosen));
  return (
    <select value={chosen} onChange={onChange}>
      {choices.map(([key, label]) => (
        <option key={key} value={key}>
          {label}
        </option>
      ))}
    </select>
  );
}
