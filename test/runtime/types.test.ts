import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import { TESTED_KINDS, TypedUsages } from '../_helpers/typed-usages';

const USAGES = ['typed-handlers.ts', 'typed-sending.ts'];

let usages: TypedUsages;
beforeAll(() => {
  usages = new TypedUsages(Object.fromEntries(USAGES.map((name) => (
    [name, fs.readFileSync(path.join(__dirname, '_helpers', name), 'utf8')]))));
});
afterAll(() => usages.leave());

test.each(TESTED_KINDS)('TypeScript 7: %s, module %s, resolution %s', (...kind) => {
  expect(usages.compile(kind, USAGES)).toEqual([]);
});

const { ModuleKind, ModuleResolutionKind } = ts;

// It takes ten times as long as TypeScript 7, which has lost the second kind.
test.each<[string, string, ts.ModuleKind, ts.ModuleResolutionKind]>([
  ['module', 'nodenext', ModuleKind.NodeNext, ModuleResolutionKind.NodeNext],
  ['commonjs', 'node10', ModuleKind.CommonJS, ModuleResolutionKind.Node10],
])('TypeScript 6: %s, resolution %s', (type, _, module, moduleResolution) => {
  expect(usages.compileWith6([type, module, moduleResolution], USAGES)).toEqual([]);
});
