import { array, call, callWith, Code, CodeList, object, print, quoted } from './code-layout';
import { stringCode, stringsCode } from './expression-code';
import type { Imports } from './imports';
import type { FunctionPlan } from '../../serverless/plan';
import type { Json } from '../../serverless/template';

/** The runtimes whose constant in `lambda.Runtime` has another name than language and version. */
const RUNTIMES: ReadonlyMap<string, string> = new Map([
  ['java8.al2', 'JAVA_8_CORRETTO'], ['java11', 'JAVA_11'], ['java17', 'JAVA_17'], ['java21', 'JAVA_21'],
  ['provided.al2', 'PROVIDED_AL2'], ['provided.al2023', 'PROVIDED_AL2023'], ['dotnet6', 'DOTNET_6'], ['dotnet8', 'DOTNET_8'],
]);

const RETENTIONS: ReadonlyMap<number, string> = new Map([
  [1, 'ONE_DAY'], [3, 'THREE_DAYS'], [5, 'FIVE_DAYS'], [7, 'ONE_WEEK'], [14, 'TWO_WEEKS'], [30, 'ONE_MONTH'], [60, 'TWO_MONTHS'],
  [90, 'THREE_MONTHS'], [120, 'FOUR_MONTHS'], [150, 'FIVE_MONTHS'], [180, 'SIX_MONTHS'], [365, 'ONE_YEAR'], [400, 'THIRTEEN_MONTHS'],
  [545, 'EIGHTEEN_MONTHS'], [731, 'TWO_YEARS'], [1096, 'THREE_YEARS'], [1827, 'FIVE_YEARS'], [2192, 'SIX_YEARS'], [2557, 'SEVEN_YEARS'],
  [2922, 'EIGHT_YEARS'], [3288, 'NINE_YEARS'], [3653, 'TEN_YEARS'],
]);

/** What the functions of all generated options need to know. */
export interface FunctionCodeOptions {
  readonly imports: Imports;
  /** The constant that has the folder of serverless.yml. */
  readonly root: string;
  /** What is set for all functions, and need not be said again. */
  readonly defaults?: FunctionPlan;
  /** The key of the function, and the name that it has if the plan says none. */
  readonly key?: string;
  readonly defaultName?: string;
}

/** The variable of the generated code that has the folder of the service as Serverless packs it. */
export const PACKED = 'packed';

/** The options of a function, or of all, as code. */
export function functionCode(plan: FunctionPlan, options: FunctionCodeOptions): CodeList {
  const { imports, defaults = {}, key = '', defaultName = '' } = options;
  const option = <K extends keyof FunctionPlan>(name: K, code: (value: NonNullable<FunctionPlan[K]>) => Code): Code | undefined => {
    const value = plan[name];
    if (value === undefined || value === null) return undefined;
    return JSON.stringify(value) === JSON.stringify(defaults[name]) ? undefined : code(value as NonNullable<FunctionPlan[K]>);
  };
  return object({
    handler: option('handler', quoted),
    code: option('code', (file) => (file === '.' ? PACKED : assetCode(file, options))),
    runtime: option('runtime', (name) => runtimeCode(name, imports)),
    architecture: option('architecture', (name) => `${imports.service('lambda')}.Architecture.${name === 'arm64' ? 'ARM_64' : 'X86_64'}`),
    memorySize: option('memorySize', String),
    timeout: option('timeout', (seconds) => `${imports.core('Duration')}.seconds(${seconds})`),
    description: option('description', quoted),
    functionName: option('functionName', quoted),
    ephemeralStorageSize: option('ephemeralStorageSize', (size) => `${imports.core('Size')}.mebibytes(${size})`),
    reservedConcurrentExecutions: option('reservedConcurrentExecutions', String),
    alias: option('alias', quoted),
    provisionedConcurrentExecutions: option('provisionedConcurrentExecutions', String),
    logGroupRetention: option('logRetentionInDays', (days) => retentionCode(days, imports)),
    logGroup: plan.hasLogGroup === false && defaultName !== '' ? logGroupCode(key, plan.functionName ?? defaultName, imports) : undefined,
    role: option('role', (arn) => importedRole(`${key}Role`, arn, imports)),
    environment: option('environment', (variables) => stringsCode(variables, imports)),
  });
}

/** `logs.RetentionDays.ONE_WEEK` of 7. */
export function retentionCode(days: number, imports: Imports): Code {
  const name = imports.service('logs');
  // The constants are numbers, and AWS may allow more of them than aws-cdk-lib imports.
  return RETENTIONS.has(days) ? `${name}.RetentionDays.${RETENTIONS.get(days)}` : `${days} as ${name}.RetentionDays`;
}

/** A role that another stack, or another part of this one, owns. */
export function importedRole(id: string, arn: Json, imports: Imports): Code {
  return call(`${imports.service('iam')}.Role.fromRoleArn`, 'this', quoted(id), stringCode(arn, imports), '{ mutable: false }');
}

/** Serverless made no log group: Lambda makes it when the function runs. */
function logGroupCode(key: string, functionName: string, imports: Imports): Code {
  return call(`${imports.service('logs')}.LogGroup.fromLogGroupName`, 'this', quoted(`${key}Logs`), quoted(`/aws/lambda/${functionName}`));
}

function assetCode(file: string, { imports, root }: FunctionCodeOptions): Code {
  return call(`${imports.service('lambda')}.Code.fromAsset`, call(`${imports.module('path', 'path')}.join`, root, quoted(file)));
}

/** The declaration of `PACKED`. @param packedFiles what is left out, in the syntax of .gitignore */
export function packedCode(packedFiles: readonly string[], { imports, root }: FunctionCodeOptions): string {
  // Only code in other languages than JavaScript is packed, and needs no package of npm.
  const packages = packedFiles.some((pattern) => pattern.startsWith('/node_modules/')) ? ['node_modules/**'] : [];
  const exclude = [...packedFiles.filter((pattern) => !pattern.startsWith('/node_modules/')), ...packages];
  const options = object({ exclude: array(exclude.map(quoted)), ignoreMode: `${imports.core('IgnoreMode')}.GIT` });
  const asset = callWith(`${imports.service('lambda')}.Code.fromAsset`, [root], options);
  return `    // The code of the functions is deployed as it is.\n${print(asset, 4, `const ${PACKED} = `, ';')}`;
}

function runtimeCode(name: string, imports: Imports): Code {
  const runtime = `${imports.service('lambda')}.Runtime`;
  const [, language, version] = /^(nodejs|python|ruby)(\d+(?:\.\d+)?)(?:\.x)?$/.exec(name) ?? [];
  if (RUNTIMES.has(name)) return `${runtime}.${RUNTIMES.get(name)}`;
  if (language === 'nodejs' && NODE_VERSIONS.has(Number(version))) return `${runtime}.NODEJS_${version}_X`;
  if (language === 'python' && PYTHON_VERSIONS.has(version)) return `${runtime}.PYTHON_${version.replace('.', '_')}`;
  if (language === 'ruby' && RUBY_VERSIONS.has(version)) return `${runtime}.RUBY_${version.replace('.', '_')}`;
  return language === 'nodejs'
    ? call(`new ${runtime}`, quoted(name), `${runtime}Family.NODEJS`, '{ supportsInlineCode: true }')
    : call(`new ${runtime}`, quoted(name));
}

/** Those in `lambda.Runtime`. */
const NODE_VERSIONS: ReadonlySet<number> = new Set([10, 12, 14, 16, 18, 20, 22, 24]);
const PYTHON_VERSIONS: ReadonlySet<string> = new Set(['3.6', '3.7', '3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14']);
const RUBY_VERSIONS: ReadonlySet<string> = new Set(['2.7', '3.2', '3.3', '3.4']);
