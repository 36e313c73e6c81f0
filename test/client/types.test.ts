import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import { KINDS, TESTED_KINDS, TypedUsages } from '../_helpers/typed-usages';

const HELPERS = path.join(__dirname, '_helpers');
const MISTAKE = /@ts-expect-error (TS\d+)/;
const COMPILES = ['server/handler.ts', 'web/client.ts'];
const MISTAKES = 'web/mistakes.ts';
const LIBRARIES = 'web/libraries.mts';
const BROWSER = 'web/browser.ts';

let usages: TypedUsages;
beforeAll(() => {
  usages = new TypedUsages(Object.fromEntries([...COMPILES, BROWSER, 'server/libraries.mts'].map((name) => [name, textOf(name)])));
  // As a comment of another kind, so that the compiler says what is wrong.
  usages.write(Object.fromEntries([MISTAKES, LIBRARIES].map((name) => [name, textOf(name).replaceAll('@ts-expect-error', 'expected:')])));
});
afterAll(() => usages.leave());

function textOf(name: string): string {
  return fs.readFileSync(path.join(HELPERS, name), 'utf8');
}

/** `web/mistakes.ts:9 TS2322` of each mistake, which is in the line below its comment. */
function mistakesOf(name: string): string[] {
  const mistakes = textOf(name).split('\n').flatMap((line, index) => {
    const code = MISTAKE.exec(line)?.[1];
    return code ? [`${name}:${index + 2} ${code}`] : [];
  });
  expect(mistakes.length).toBeGreaterThan(4);
  return mistakes;
}

/** Without texts, which differ between versions, and their further lines. */
function places(found: readonly string[]): string[] {
  return found.filter((line) => !line.startsWith(' ')).map((line) => line.split(' ').slice(0, 2).join(' '));
}

describe.each(TESTED_KINDS)('TypeScript 7: %s, module %s, resolution %s', (...kind) => {
  test('what is right compiles', () => {
    expect(usages.compile(kind, COMPILES)).toEqual([]);
  });
});

describe('in one kind of project', () => {
  const kind = KINDS[5];

  test('every mistake is an error, in its line', () => {
    expect(places(usages.compile(kind, [MISTAKES]))).toEqual(mistakesOf(MISTAKES));
  });

  test('with the types of browsers, and without exactOptionalPropertyTypes', () => {
    expect(usages.compile(kind, [...COMPILES, BROWSER], { lib: ['es2022', 'dom'], exactOptionalPropertyTypes: false })).toEqual([]);
  });

  test('with schemas of zod, valibot and arktype, and the sockets of ws', () => {
    usages.link('zod', 'valibot', 'arktype', '@ark', 'arkregex', 'ws', '@types/ws', '@types/node', 'undici-types');
    const found = usages.compile(kind, [LIBRARIES, BROWSER], { types: ['node'], skipLibCheck: true });
    expect([places(found), found.filter((line) => !line.startsWith(' ')).length]).toEqual([mistakesOf(LIBRARIES), 5]);
  });
});

// TypeScript 6 takes ten times as long. It knows a kind that TypeScript 7 has lost.
test('TypeScript 6: commonjs, resolution node10', () => {
  const { ModuleKind, ModuleResolutionKind } = ts;
  const kind = ['commonjs', ModuleKind.CommonJS, ModuleResolutionKind.Node10] as const;
  expect(usages.compileWith6(kind, COMPILES)).toEqual([]);
  expect(places(usages.compileWith6(kind, [MISTAKES]))).toEqual(mistakesOf(MISTAKES));
});
