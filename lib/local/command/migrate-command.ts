import * as path from 'path';
import type { Host } from './main';
import { usage } from './usage';
import type { ServicePlan } from '../../serverless/plan';
import type { Dialect, ReadOptions, ServerlessService } from '../../serverless/service';
import type { Template } from '../../serverless/template';
import { GatewayError } from '../gateway-error';
import { type AppFiles, appFiles } from '../migration/app-files';
import { compiledTemplate, noticeText, type TemplateSources } from '../migration/compiled-template';
import { freshPlan } from '../migration/fresh-plan';
import { type GuideDifference, migrationGuide } from '../migration/migration-guide';
import { OutputFolder } from '../migration/output-folder';
import type { Synthesis } from '../migration/synthesis';
import { harmless, harmlessReport, jsonLine } from '../terminal/harmless';

/** Writes a service of Serverless as a CDK app, or judges one. */
export interface MigrateCommand {
  /** Missing only if both templates are given. */
  readonly file?: string;
  readonly stage?: string;
  readonly params: Readonly<Record<string, string>>;
  /** Values of variables, by what is between the braces. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly out?: string;
  readonly compiled?: string;
  readonly dialect?: Dialect;
  readonly fresh: boolean;
  readonly check: boolean;
  readonly template?: string;
  readonly json: boolean;
}

/** What `migrate` needs of the rest of the library. */
export interface Migration extends TemplateSources {
  /** @throws GatewayError SERVICE_REFUSED */
  read(options: ReadOptions): ServerlessService;
  plan(service: ServerlessService, template: Template): ServicePlan;
  /** What is left out of the folder of a service that is deployed as it is, in the syntax of .gitignore. */
  packedFiles(service: ServerlessService): string[];
  check(options: { readonly compiled: Template; readonly template: Template } & StackFacts): Comparison;
  synthesize(makeApp: (folder: string) => AppFiles, stackName: string, serviceFolder: string): Promise<Synthesis>;
}

interface StackFacts {
  readonly region?: string;
  readonly stackName?: string;
}

/** What a deployment would change. */
export interface Comparison {
  /** For a terminal; ends with the line of counts. */
  readonly report: string;
  readonly json: GuideDifference;
  /** Whether nothing is replaced or lost. */
  readonly isSafe: boolean;
}

/** The values of `--param key=value` or `--variable`. A name such as `__proto__` is a name like any other. */
export function parseParams(texts: readonly string[] = [], option = 'param'): Record<string, string> {
  return Object.fromEntries(texts.map((text) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw usage(`--${option} must be key=value, got ${JSON.stringify(text)}`);
    return [name, value];
  }));
}

/** Runs `migrate`. @returns the exit code: 1 if something would be replaced or lost */
export async function runMigrate(command: MigrateCommand, host: Host): Promise<0 | 1> {
  return new MigrateRun(command, host).run();
}

const GUIDE = 'MIGRATION.md';

class MigrateRun {
  private readonly notices: string[] = [];

  public constructor(private readonly command: MigrateCommand, private readonly host: Host) {}

  public async run(): Promise<0 | 1> {
    const { migration } = this.host;
    const { file, stage, params, variables: values, compiled, template } = this.command;
    if (file === undefined) {
      const [before, after] = [migration.readTemplate(compiled!), migration.readTemplate(template!)];
      return this.report(migration.check({ compiled: before, template: after }), compiled!);
    }
    const service = migration.read({ path: file, stage, params, values });
    service.notices.forEach((notice) => this.note(noticeText(notice)));
    const deployed = compiledTemplate(service, this.command, migration);
    if (!this.command.fresh) deployed.notices.forEach((notice) => this.note(notice));
    if (template === undefined) return this.migrate(service, deployed.template, deployed.source);
    const facts = { region: service.region, stackName: stackNameOf(service) };
    const judged = migration.readTemplate(template);
    return this.report(migration.check({ compiled: deployed.template, template: judged, ...facts }), deployed.source);
  }

  /** Writes the app unless `--check` is given, and says what it changes. */
  private async migrate(service: ServerlessService, deployed: Template, source: string): Promise<0 | 1> {
    const { migration, version } = this.host;
    const { check, fresh: isFresh, out: wanted } = this.command;
    const functionIds = new Map(service.functions.map(({ key, logicalStem }) => [key, `${logicalStem}LambdaFunction`]));
    const old = migration.plan(service, deployed);
    const { plan, keptIds, left } = isFresh ? freshPlan(old, service, functionIds) : { plan: old };
    const packedFiles = migration.packedFiles(service);
    const options = { plan, name: service.name, serviceFolder: service.folder, packedFiles, functionIds, keptIds, isFresh, version };
    const out = new OutputFolder(path.resolve(wanted ?? path.join(service.folder, 'cdk')));
    const { files } = appFiles({ ...options, appFolder: out.folder });
    const names = [...files.keys(), GUIDE];
    if (!check) out.check(names);

    const synthesis = await migration.synthesize((appFolder) => appFiles({ ...options, appFolder }), plan.stackName, service.folder);
    const { region, stackName } = plan;
    const comparison = 'template' in synthesis && !isFresh
      ? migration.check({ compiled: deployed, template: synthesis.template, region, stackName }) : undefined;
    const relativeFile = slashes(path.relative(out.folder, service.file));
    const fileAndOptions = [relativeFile, ...this.readOptions()].map(shellWord).join(' ');
    if (!check) {
      const { notices } = this;
      const guide = migrationGuide({
        service, plan, relativeFile, fileAndOptions, difference: comparison?.json, comparedWith: source, notices, left,
      });
      out.write(new Map([...files, [GUIDE, guide]]));
      this.wrote(out.folder, names);
    }
    if (comparison) return this.report(comparison, source);
    if ('missing' in synthesis) this.unsynthesized(synthesis.missing, plan.stackName, out.folder, fileAndOptions);
    return 0;
  }

  /** The options by which the file is read again as it was. */
  private readOptions(): string[] {
    const { stage, params, variables = {} } = this.command;
    const named = Object.entries({ param: params, variable: variables })
      .flatMap(([option, values]) => Object.entries(values).flatMap(([name, value]) => [`--${option}`, `${name}=${value}`]));
    return [...stage === undefined ? [] : ['--stage', stage], ...named];
  }

  private report({ report, json, isSafe }: Comparison, source: string): 0 | 1 {
    this.print(`\nCompared with ${source}:\n\n${report.trimEnd()}`, { type: 'difference', comparedWith: source, ...json });
    return isSafe ? 0 : 1;
  }

  private wrote(folder: string, files: readonly string[]): void {
    const list = files.map((file) => `  ${file}`).join('\n');
    const text = `Written to ${folder}:\n${list}\n\nThe steps from here to the deployment: ${path.join(folder, GUIDE)}`;
    this.print(text, { type: 'written', folder, files });
  }

  private unsynthesized(missing: string, stackName: string, folder: string, file: string): void {
    const { check, fresh } = this.command;
    if (check) {
      throw new GatewayError('APP_FAILED', `${missing} is not installed here, so the app cannot be synthesized; install it `
        + `(npm install --save-dev ${missing}), or give the template of an app: --check --template cdk.out/STACK.template.json`);
    }
    const compare = fresh ? '' : ` && npx cdk-websocket-service migrate ${file} --check --template cdk.out/${stackName}.template.json`;
    const text = `${missing} is not installed here, so the app has not been synthesized. Go on with:\n\n`
      + `  cd ${shellWord(folder)}\n  npm install && npx cdk synth --quiet${compare}`;
    this.print(text, { type: 'unsynthesized', missing, text });
  }

  private note(text: string): void {
    this.notices.push(text);
    if (this.command.json) this.host.stdout.write(jsonLine({ type: 'notice', text }));
    else this.host.stderr.write(`${harmlessReport(text)}\n`);
  }

  private print(text: string, line: object): void {
    this.host.stdout.write(this.command.json ? jsonLine(line) : `${harmless(text)}\n`);
  }
}

function stackNameOf({ name, stage, provider: { stackName } }: ServerlessService): string {
  return typeof stackName === 'string' ? stackName : `${name}-${stage}`;
}

/** A word that a shell takes as it is. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function slashes(file: string): string {
  return file.split(path.sep).join('/');
}
