import type { Migration } from './command/migrate-command';
import { synthesizeApp } from './migration/synthesis';

const absent = (): never => { throw new Error('lib/serverless is not wired yet'); };

/** What the command `migrate` works with. */
export const migration: Migration = {
  read: absent, compile: absent, plan: absent, packedFiles: absent, readTemplate: absent, check: absent, synthesize: synthesizeApp,
};
