import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { parsed } from './api';

/** Characters that are coloured; a longer text is plain. */
const MOST_COLOURED = 20_000;
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A text with its title and a button that copies it; JSON is indented. */
export function TextView({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}) {
  const pretty = prettyOf(text);
  return (
    <section class="text-view" aria-label={title}>
      <div class="title">
        <h3>{title}</h3>
        {children}
        <Copy text={pretty ?? text} what={title} />
      </div>
      {text === '' ? (
        <p class="hint">empty</p>
      ) : (
        <pre tabIndex={0} role="region" aria-label={`${title}, text`}>
          {pretty === undefined ? text : coloured(pretty)}
        </pre>
      )}
    </section>
  );
}

export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const [state, setState] = useState('Copy');
  const copy = async (): Promise<void> => {
    const done = await navigator.clipboard.writeText(text).then(
      () => 'Copied',
      () => 'Not permitted',
    );
    setState(done);
    setTimeout(() => setState('Copy'), 1_500);
  };
  return (
    <button class="quiet" aria-label={`${state} ${what}`} onClick={() => void copy()}>
      {state}
    </button>
  );
}

/** Indented JSON; `undefined` if the text is not an object or array. */
export function prettyOf(text: string): string | undefined {
  const value = parsed(text);
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : undefined;
}

function coloured(json: string): ComponentChildren {
  if (json.length > MOST_COLOURED) return json;
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const match of json.matchAll(TOKEN)) {
    const [token, string, colon] = match;
    parts.push(json.slice(end, match.index));
    const kind = colon !== undefined ? 'key' : string !== undefined ? 'string' : 'literal';
    parts.push(<span class={`json-${kind}`}>{string ?? token}</span>, colon);
    end = match.index + token.length;
  }
  return [...parts, json.slice(end)];
}
