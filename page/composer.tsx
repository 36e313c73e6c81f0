import { useEffect, useState } from 'preact/hooks';
import { isRecord, parsed } from './api';
import type { Api, Route } from './gateway';
import { prettyOf } from './json-view';
import { sampleOf } from './schema';
import { SchemaForm } from './schema-form';

/** What is being written, by client: it stays while another part of the page is shown. */
const texts = new Map<string, string>();

interface Props {
  readonly id: string;
  readonly api?: Api;
  readonly name: string;
  readonly isOpen: boolean;
  readonly draft?: { readonly text: string };
  readonly onSend: (text: string) => void;
}

/** A message: from a template, by a form or as text, which are the same thing. */
export function Composer({ api, id, name, isOpen, draft, onSend }: Props) {
  const templates = (api?.routes ?? []).filter(
    (route) => !route.routeKey.startsWith('$') || route.example !== undefined || route.model !== undefined,
  );
  const [text, setText] = useState(() => texts.get(id) ?? (templates[0] ? templateOf(templates[0]) : ''));
  useEffect(() => void texts.set(id, text), [text]);
  useEffect(() => draft && setText(prettyOf(draft.text) ?? draft.text), [draft]);
  const value = parsed(text);
  const route = templates.find(({ routeKey }) => isRecord(value) && value.action === routeKey);
  const send = (event?: Event): void => {
    event?.preventDefault();
    // What was indented here goes without; what was written by hand goes as it is.
    if (isOpen) onSend(text === prettyOf(text) ? JSON.stringify(value) : text);
  };
  return (
    <form class="composer" onSubmit={send}>
      {templates.length > 0 && (
        <p class="actions" role="group" aria-label={`Templates of ${name}`}>
          {templates.map((one) => (
            <button key={one.routeKey} type="button" aria-pressed={one === route} onClick={() => setText(templateOf(one))}>
              {one.routeKey}
            </button>
          ))}
        </p>
      )}
      {route?.model !== undefined && (
        <div class="schema" role="group" aria-label={`Fields of ${name}`} tabIndex={0}>
          <SchemaForm
            name={route.routeKey}
            schema={route.model}
            root={route.model}
            value={value}
            onValue={(next) => setText(JSON.stringify(next, null, 2))}
          />
        </div>
      )}
      <textarea
        aria-label={`Message of ${name}`}
        rows={Math.min(12, Math.max(3, text.split('\n').length))}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && send(event)}
      />
      <p class="actions">
        <button class="primary" disabled={!isOpen}>
          Send
        </button>
        {text !== '' && value === undefined && <span class="hint">not JSON: sent as it is, to $default</span>}
      </p>
    </form>
  );
}

function templateOf({ routeKey, example, model }: Route): string {
  const sample = model === undefined ? undefined : sampleOf(model, model);
  return example !== undefined
    ? (prettyOf(example) ?? example)
    : JSON.stringify(
      isRecord(sample) ? { ...(routeKey.startsWith('$') ? {} : { action: routeKey }), ...sample } : { action: routeKey },
      null,
      2,
    );
}
