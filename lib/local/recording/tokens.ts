/** Characters of base64url, dots and percent escapes. A class alone: what a client sends must not make a search quadratic. */
const RUN = /[\w.%-]{12,}/g;

/** How the base64url of a JSON object begins: `{"`, or `{` and white space. */
const START = /ey[IJKL]|eyAi|ewog|ewoi|ew0K|ewki/;

const DOT = /(\.|%2e)/i;

/** JWE have five parts. */
const MOST_PARTS = 5;

/**
 * Replaces whatever has the shape of a JSON Web Token: parts in base64url between dots, the first of which is a JSON object. A token that a
 * log line has cut short within the second part counts too, and dots may be percent-encoded.
 */
export function maskTokens(text: string, placeholder: (token: string) => string): string {
  // Almost no text has one.
  if (!START.test(text)) return text;
  return text.replace(RUN, (run) => (START.test(run) ? maskRun(run.split(DOT), placeholder) : run));
}

/** @param pieces parts and the dots between them, in turn */
function maskRun(pieces: readonly string[], placeholder: (token: string) => string): string {
  let result = '';
  for (let i = 0; i < pieces.length; i += 2) {
    const at = pieces[i].search(START);
    const parts = at < 0 ? [] : partsFrom(pieces, i, at);
    if (isToken(parts)) {
      const rest = pieces[i + 2 * (parts.length - 1)].slice(parts.length === 1 ? at + parts[0].length : parts.at(-1)!.length);
      result += pieces[i].slice(0, at) + placeholder(parts.join('.')) + rest;
      i += 2 * (parts.length - 1);
    } else {
      result += pieces[i];
    }
    result += pieces[i + 1] ?? '';
  }
  return result;
}

/** The parts of a token that begins at a position of a piece; other percent escapes end it. */
function partsFrom(pieces: readonly string[], index: number, at: number): string[] {
  const parts = [];
  for (let i = index; i < pieces.length && parts.length < MOST_PARTS; i += 2) {
    const piece = i === index ? pieces[i].slice(at) : pieces[i];
    const [part] = piece.split('%', 1);
    parts.push(part);
    if (part.length < piece.length) break;
  }
  return parts;
}

function isToken([header, payload, ...others]: readonly string[]): boolean {
  if (header === undefined || header.length < 8 || payload === undefined) return false;
  return others.length > 0 ? payload.length > 1 || others[0].length > 1 : payload.length > 7 && payload.search(START) === 0;
}
