import { useState } from 'preact/hooks';
import { call, isRecord } from './api';
import { Dialog } from './dialog';
import { Gateway } from './gateway';

/** Kept while the page is open: the next client is mostly like the last one. */
const last = { at: 0, name: '', query: '', headers: '', subprotocols: '', token: '', sub: 'ann', claims: '' };

/** Connects a client with anything that a browser's own WebSocket could not send. */
export function ConnectDialog({ gateway, onClose }: { readonly gateway: Gateway; readonly onClose: () => void }) {
  const { apis, issuer } = gateway.hello;
  const [form, setForm] = useState({ ...last, name: '' });
  const [error, setError] = useState('');
  const api = apis[form.at] ?? apis[0];
  const set = (change: Partial<typeof last>): void => setForm({ ...form, ...change });
  const guard = (work: Promise<unknown>): void => void work.catch(({ message }: Error) => setError(message));
  const getToken = async (): Promise<void> => {
    const answer = await call('POST', '/token', { sub: form.sub, claims: pairs(form.claims, '=') });
    if (isRecord(answer)) set({ token: String(answer.token) });
  };
  const connect = async (): Promise<void> => {
    Object.assign(last, form);
    const { name, token, subprotocols } = form;
    await call('POST', '/clients', {
      url: api.url,
      ...(name && { name }),
      ...(token && { token: token.trim() }),
      ...(form.query.trim() && { query: pairs(form.query, '=') }),
      ...(form.headers.trim() && { headers: pairs(form.headers, ':') }),
      ...(subprotocols.trim() && {
        subprotocols: subprotocols
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean),
      }),
    });
    onClose();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    setError('');
    guard(connect());
  };
  const field = (name: 'name' | 'subprotocols' | 'sub', placeholder = '') => (
    <input value={form[name]} placeholder={placeholder} onInput={({ currentTarget: { value } }) => set({ [name]: value })} />
  );
  const lines = (name: 'token' | 'claims' | 'query' | 'headers', rows: number, placeholder = '') => (
    <textarea
      {...{ rows, placeholder }}
      spellcheck={false}
      value={form[name]}
      onInput={({ currentTarget: { value } }) => set({ [name]: value })}
    />
  );
  const sources = api?.authorizer?.identitySources ?? [];
  return (
    <Dialog title="New client" onClose={onClose}>
      <form class="dialog-form" onSubmit={submit}>
        <div class="two">
          <label>
            Stage
            <select value={form.at} onChange={({ currentTarget }) => set({ at: Number(currentTarget.value) })}>
              {apis.map(({ name, stage }, at) => (
                <option key={at} value={at}>
                  {name}/{stage}
                </option>
              ))}
            </select>
          </label>
          <label>Name, for this page{field('name', form.sub)}</label>
        </div>
        <label>
          Token{sources.length > 0 && `, sent as the authorizer reads it: ${sources.join(', ')}`}
          {lines('token', 2)}
        </label>
        {issuer && (
          <fieldset>
            <legend>A token of the gateway's own issuer</legend>
            <div class="two">
              <label>sub{field('sub')}</label>
              <label>Claims, one a line{lines('claims', 1, 'group=x')}</label>
            </div>
            <p class="actions">
              <button type="button" onClick={() => guard(getToken())}>
                Get a token
              </button>
            </p>
          </fieldset>
        )}
        <div class="two">
          <label>Query, one a line{lines('query', 2, 'room=lobby')}</label>
          <label>Headers, one a line{lines('headers', 2, 'X-Version: 2')}</label>
        </div>
        <label>Subprotocols, with commas{field('subprotocols')}</label>
        {error !== '' && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        <p class="actions">
          <button class="primary" disabled={!api}>
            Connect
          </button>
        </p>
      </form>
    </Dialog>
  );
}

/** Lines of names and values. */
function pairs(lines: string, separator: string): Record<string, string> {
  return Object.fromEntries(
    lines
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => {
        const at = line.indexOf(separator);
        return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      }),
  );
}
