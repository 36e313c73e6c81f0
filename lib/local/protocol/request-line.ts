import { addValue, emptyMaps } from './headers';
import type { ValueMaps } from './headers';

export interface Target {
  /** As it came, percent escapes and all; starts with `/`. */
  readonly path: string;
  /** Without `?`; empty if there is none. */
  readonly query: string;
}

/** Splits the target of a request: `/production?room=1`, or the same after `http://host`. */
export function parseTarget(url: string): Target {
  const [target] = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split('#', 1);
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path.startsWith('/') ? path : `/${path}`, query: mark < 0 ? '' : target.slice(mark + 1) };
}

/** The two maps of a query string; none if it names nothing (1.3.1). */
export function queryMaps(query: string): ValueMaps | undefined {
  const pairs = query.split('&').filter((pair) => pair !== '');
  if (pairs.length === 0) return undefined;
  const maps = emptyMaps();
  for (const pair of pairs) {
    const mark = pair.indexOf('=');
    const [name, value] = mark < 0 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
    addValue(maps, formDecoded(name), formDecoded(value));
  }
  return maps;
}

/** Decodes percent escapes; never throws. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // assumed (1.3.1): a percent sign that does not begin an escape stays as it is
    return text;
  }
}

function formDecoded(text: string): string {
  // assumed (1.3.1): `+` in a query string is a space
  return percentDecoded(text.replace(/\+/g, ' '));
}
