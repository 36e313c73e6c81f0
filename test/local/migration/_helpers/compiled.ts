import * as fs from 'fs';
import * as path from 'path';
import type { Template } from '../../../../lib/serverless/template';

/** A template that tests may change. */
export interface Draft {
  Resources: Record<string, DraftResource>;
  Outputs: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
  Parameters?: Record<string, unknown>;
  Conditions?: Record<string, unknown>;
}

export interface DraftResource {
  Type: string;
  // What a test changes in it, no type would describe.
  Properties: Record<string, unknown>;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Condition?: string;
  Metadata?: unknown;
}

export const COMPILED = ['chat.osls4', 'chat.v3', 'shop.osls4', 'shop.v3'] as const;

/** What Serverless compiled: `test/fixtures/serverless/compiled`. */
export function compiled(name: typeof COMPILED[number]): Template {
  return JSON.parse(fs.readFileSync(path.join(__dirname, `../../../fixtures/serverless/compiled/${name}.json`), 'utf8')) as Template;
}

/** The template after a change, which may also give another one back. */
export function rewritten(template: Template, change: (draft: Draft) => Draft | void): Template {
  const draft = structuredClone(template) as unknown as Draft;
  return (change(draft) ?? draft) as unknown as Template;
}

/** Gives a resource another logical id, with all references, as a rewrite does. */
export function renamed(template: Draft, from: string, to: string): Draft {
  const text = JSON.stringify(template).replaceAll(`"${from}"`, `"${to}"`).replaceAll(`\${${from}`, `\${${to}`);
  return JSON.parse(text) as Draft;
}
