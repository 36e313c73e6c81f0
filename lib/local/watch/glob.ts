/** Tokens of a pattern, and what they are in a regular expression. */
const TOKENS: ReadonlyArray<readonly [RegExp, (text: string) => string]> = [
  [/^\*\*\//, () => '(?:.*/)?'],
  [/^\*\*/, () => '.*'],
  [/^\*/, () => '[^/]*'],
  [/^\?/, () => '[^/]'],
  [/^\{([^{}]*)\}/, (text) => `(?:${text.slice(1, -1).split(',').map((part) => glob(part)).join('|')})`],
  [/^[^]/, (text) => text.replace(/[\\^$.|+()[\]{}]/, '\\$&')],
];

/**
 * A pattern of `watch.exclude` in cdk.json: `test`, `cdk*.json`, `**\/*.d.ts`, `src/{a,b}`.
 *
 * It matches paths with `/`, relative to the folder of the app; what matches a folder matches all that is in it.
 */
export function globPattern(pattern: string): RegExp {
  return new RegExp(`^${glob(pattern.replace(/^\.\//, '').replace(/\/+$/, ''))}(?:/|$)`);
}

function glob(pattern: string): string {
  let rest = pattern;
  let written = '';
  while (rest.length > 0) {
    for (const [token, write] of TOKENS) {
      const match = token.exec(rest);
      if (!match) continue;
      written += write(match[0]);
      rest = rest.slice(match[0].length);
      break;
    }
  }
  return written;
}
