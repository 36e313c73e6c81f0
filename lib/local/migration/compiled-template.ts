import * as fs from 'fs';
import * as path from 'path';
import type { Dialect, ServerlessNotice, ServerlessService } from '../../serverless/service';
import type { Template } from '../../serverless/template';
import { GatewayError } from '../gateway-error';

/** Where Serverless writes the template, beside its file. */
const COMPILED = path.join('.serverless', 'cloudformation-template-update-stack.json');

/** The template that is deployed, as far as can be told here. */
export interface CompiledTemplate {
  readonly template: Template;
  /** For people: where it came from. */
  readonly source: string;
  readonly notices: readonly string[];
}

/** How templates are made and read. */
export interface TemplateSources {
  /** What our rules make of a service. */
  compile(service: ServerlessService, dialect: Dialect): Template;
  readTemplate(file: string): Template;
}

/**
 * The template that Serverless compiled: the one of `--compiled`, or that beside the file, or what our rules make of the file.
 *
 * @throws GatewayError INVALID_OPTION, SERVICE_REFUSED
 */
export function compiledTemplate(
  service: ServerlessService, { compiled, dialect }: { readonly compiled?: string; readonly dialect?: Dialect },
  { compile, readTemplate }: TemplateSources,
): CompiledTemplate {
  const beside = path.join(service.folder, COMPILED);
  if (compiled !== undefined) return { template: readTemplate(compiled), source: compiled, notices: [] };
  if (fs.existsSync(beside)) return { template: readTemplate(beside), source: COMPILED, notices: staleNotices(service.file, beside) };
  if (service.uncovered.length > 0) throw uncoveredError(service.uncovered);
  const chosen = dialect ?? dialectOf(service);
  const name = chosen === 'osls' ? 'osls 4' : 'Serverless 3';
  const notices = [`There is no ${COMPILED}: the app is compared with the template that ${name} makes by our own rules. `
    + `\`${chosen} package\` makes that file${dialect ? '' : '; --dialect names the other one'}.`];
  return { template: compile(service, chosen), source: `what ${name} makes by our own rules`, notices };
}

/** osls, if the service is in its hands: `frameworkVersion` 4 belongs to both, so the installed package decides. */
function dialectOf({ config, folder }: ServerlessService): Dialect {
  const version = typeof config.frameworkVersion === 'string' ? config.frameworkVersion : '';
  const installed = dependenciesOf(path.join(folder, 'package.json'));
  if (installed.has('osls') && !(installed.has('serverless') && /^[\^~>=v\s]*[123]\b/.test(version))) return 'osls';
  return 'serverless';
}

function dependenciesOf(file: string): ReadonlySet<string> {
  try {
    const { dependencies, devDependencies } = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, object | undefined>;
    return new Set([...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})]);
  } catch {
    return new Set();
  }
}

/** `serverless.yml:3:5: text`. */
export function noticeText({ text, position }: ServerlessNotice): string {
  return position ? `${path.basename(position.file)}:${position.line}:${position.column}: ${text}` : text;
}

function staleNotices(file: string, compiled: string): string[] {
  if (fs.statSync(compiled).mtimeMs >= fs.statSync(file).mtimeMs) return [];
  return [`${COMPILED} is older than ${path.basename(file)}: package the service again, so that the app has the last changes.`];
}

function uncoveredError(uncovered: readonly ServerlessNotice[]): GatewayError {
  const reasons = uncovered.map(noticeText);
  return new GatewayError('SERVICE_REFUSED', [
    'The service has parts that only its compiled template can carry over:',
    ...reasons.map((reason) => `  ${reason}`),
    `Give the template that is deployed with --compiled, or let the Serverless that deploys it write ${COMPILED} (serverless package).`,
  ].join('\n'));
}
