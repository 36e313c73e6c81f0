import type { Migration } from './command/migrate-command';
import { GatewayError } from './gateway-error';
import { checkMigration } from './migration/check-migration';
import { synthesizeApp } from './migration/synthesis';
import { readTemplate } from './migration/template-file';
import { packedFiles } from '../private/serverless/packed-files';
import { compileService } from '../serverless/compiling/compile';
import { ServerlessFileError } from '../serverless/file-error';
import { readServerlessFile } from '../serverless/reading/read-service';
import { planService } from '../serverless/service-plan';

/** What the command `migrate` works with. */
export const migration: Migration = {
  read: refusing(readServerlessFile),
  compile: refusing(compileService),
  plan: refusing((service, template) => planService(service, template)),
  packedFiles,
  readTemplate,
  check: checkMigration,
  synthesize: synthesizeApp,
};

/** What is wrong with a file is told in one line, without a stack. */
function refusing<A extends unknown[], R>(step: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    try {
      return step(...args);
    } catch (error) {
      if (error instanceof ServerlessFileError) throw new GatewayError('SERVICE_REFUSED', error.message);
      throw error;
    }
  };
}
