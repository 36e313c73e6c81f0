import * as path from 'path';
import { array, call, callWith, Code, CodeList, object, objectOf, print, quoted, tall } from './code-layout';
import { stringCode, stringsCode } from './expression-code';
import { functionCode, importedRole, packedCode, retentionCode } from './function-code';
import { Imports } from './imports';
import { overrideMethod, overrideStatements } from './override-code';
import { statementCode } from './statement-code';
import type { NamingPlan, ServicePlan } from '../../serverless/plan';

/** The code of a stack, and where it will be. */
export interface StackCodeOptions {
  /** `ChatStack`. */
  readonly className: string;
  /** From the folder of the stack's file to that of serverless.yml. */
  readonly root: string;
  /** Logical ids of the functions, by key. */
  readonly functionIds: ReadonlyMap<string, string>;
  /** Resources that get the logical id that Serverless gave them, although the service is named anew. */
  readonly keptIds?: readonly string[];
  /** Without the ids of Serverless. */
  readonly isFresh?: boolean;
  /** The file of what is carried verbatim, if anything is, beside the stack's file. */
  readonly fragmentFile?: string;
  /** What is left out of code that is deployed as it is, in the syntax of .gitignore. */
  readonly packedFiles?: readonly string[];
}

/** What `WebsocketService` takes if nothing is said. */
const DEFAULTS = { stageName: 'dev', routeSelectionExpression: '$request.body.action' };

const LEVELS = ['INFO', 'ERROR', 'OFF'] as const;

/** The constant of the generated file that has the folder of serverless.yml. */
const ROOT = 'SERVICE_FOLDER';

/** The file of the stack: the service as options of `WebsocketService`, then what no option says. */
export function stackCode(plan: ServicePlan, options: StackCodeOptions): string {
  const imports = new Imports();
  const service = plan.apiId === undefined
    ? callWith(`new ${imports.own('WebsocketService')}`, ['this', quoted('Service')], tall(serviceOptions(plan, options, imports)))
    : callWith(`new ${imports.own('WebsocketRoutes')}`, ['this', quoted('Service')], tall(routesOptions(plan, options, imports)));
  const after = overrideStatements(plan, options, imports);
  const fragment = options.fragmentFile && fragmentStatement(options.fragmentFile, imports);
  const isPacked = Object.values(plan.functions).some(({ code }) => code === '.');
  const body = [
    ...isPacked ? [packedCode(options.packedFiles ?? [], { imports, root: ROOT })] : [],
    print(service, 4, after.some((block) => /\bservice\.\w/.test(block)) ? 'const service = ' : '', ';'),
    ...after,
    ...fragment ? [fragment] : [],
  ].join('\n\n');
  const method = /^ {4}this\.override\(/m.test(body) ? overrideMethod(imports) : '';
  imports.core('Stack');
  imports.core('StackProps');
  imports.from('constructs', 'Construct');
  const root = new RegExp(`\\b${ROOT}\\b`).test(body) ? `${rootDeclaration(options.root, imports)}\n\n` : '';
  return `${imports.text}
${root}export class ${options.className} extends Stack {
  public constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

${body}
  }
${method}}
`;
}

/** The options of a service with an API of its own. */
function serviceOptions(plan: ServicePlan, options: StackCodeOptions, imports: Imports): CodeList {
  const { stageName, routeSelectionExpression, loggingLevel, dataTraceEnabled, accessLogFormat, cloudWatchRole } = plan;
  const own = object({
    apiName: quoted(plan.apiName),
    description: quoted(plan.description),
    stageDescription: quoted(plan.description),
    stageName: stageName === DEFAULTS.stageName ? undefined : quoted(stageName),
    routeSelectionExpression: routeSelectionExpression === DEFAULTS.routeSelectionExpression ? undefined : quoted(routeSelectionExpression),
    // The plan has what a file says, and only these are code.
    loggingLevel: LEVELS.find((level) => level === loggingLevel) && `${imports.own('WebsocketLoggingLevel')}.${loggingLevel}`,
    dataTraceEnabled: dataTraceEnabled ? 'true' : undefined,
    accessLog: accessLogFormat === undefined ? undefined
      : object({ format: call(`${imports.own('WebsocketAccessLogFormat')}.custom`, formatCode(accessLogFormat, imports)) }),
    cloudWatchRole: cloudWatchRole === false ? 'false' : undefined,
    tags: options.isFresh && plan.naming.tags ? stringsCode(plan.naming.tags, imports) : undefined,
  });
  return { ...own, items: [...own.items, ...sharedOptions(plan, options, imports).items] };
}

/** The options of routes in the API of another stack, whose stage exists. */
function routesOptions(plan: ServicePlan, options: StackCodeOptions, imports: Imports): CodeList {
  const attributes = object({ apiId: stringCode(plan.apiId!, imports), stageName: quoted(plan.stageName) });
  const own = object({
    service: callWith(`${imports.own('WebsocketService')}.fromAttributes`, ['this', quoted('Shared')], attributes),
    deploy: 'true',
  });
  return { ...own, items: [...own.items, ...sharedOptions(plan, options, imports).items] };
}

function sharedOptions(plan: ServicePlan, options: StackCodeOptions, imports: Imports): CodeList {
  // The naming gives its role to all functions.
  const defaults = { ...plan.defaults, role: plan.defaults.role ?? plan.naming.role };
  return object({
    naming: options.isFresh ? undefined : namingCode(plan.naming, imports),
    defaults: defaultsCode(plan, options, imports),
    functions: tall(objectOf(Object.entries(plan.functions).map(
      ([key, fn]) => {
        const defaultName = options.isFresh ? '' : `${plan.naming.service}-${plan.stageName}-${key}`;
        return [key, functionCode(fn, { imports, root: ROOT, defaults, key, defaultName })];
      },
    ))),
    routes: tall(objectOf(Object.entries(plan.routes).map(([key, { functionKey, returnResponse }]) => [
      key, object({ functionKey: quoted(functionKey), returnResponse: returnResponse ? 'true' : undefined }),
    ]))),
    authorizer: plan.authorizer || plan.apiId === undefined || Object.hasOwn(plan.routes, '$connect')
      ? authorizerCode(plan.authorizer, imports) : undefined,
  });
}

function namingCode(naming: NamingPlan, imports: Imports): Code {
  const { service, versionFunctions, deploymentBucket, role, roleStatements = [], tags, logRetentionInDays } = naming;
  return callWith(`${imports.own('ServiceNaming')}.serverless`, [], object({
    service: quoted(service),
    versionFunctions: versionFunctions === false ? 'false' : undefined,
    deploymentBucket: deploymentBucket === false ? 'false' : undefined,
    logGroupRetention: logRetentionInDays === undefined ? undefined : retentionCode(logRetentionInDays, imports),
    tags: tags && stringsCode(tags, imports),
    role: role === undefined ? undefined : importedRole('Role', role, imports),
    roleStatements: roleStatements.length === 0 ? undefined : array(roleStatements.map((statement) => statementCode(statement, imports))),
  }));
}

function defaultsCode({ defaults, functions }: ServicePlan, { isFresh }: StackCodeOptions, imports: Imports): Code {
  const { items, ...code } = functionCode(isFresh ? { ...defaults, functionName: undefined } : defaults, { imports, root: ROOT });
  const hasHandlers = Object.values(functions).some(({ handler, code: asset }) => handler !== undefined && asset === undefined);
  return tall({ ...code, items: hasHandlers ? [...items, { prefix: 'handlerRoot: ', code: ROOT }] : items });
}

function authorizerCode(authorizer: ServicePlan['authorizer'], imports: Imports): Code {
  const name = imports.own('ConnectAuthorizer');
  if (!authorizer) return `${name}.none()`;
  const { functionKey, functionArn, authorizerName, identitySource } = authorizer;
  const options = object({ authorizerName: quoted(authorizerName), identitySource: array(identitySource.map(quoted)) });
  if (functionKey !== undefined) return callWith(`${name}.functionKey`, [quoted(functionKey)], options);
  const arn = stringCode(functionArn ?? '', imports);
  const fn = callWith(`${imports.service('lambda')}.Function.fromFunctionAttributes`, ['this', quoted('Authorizer')], object({
    functionArn: arn, sameEnvironment: 'true',
  }));
  return call(`${name}.function`, fn, options);
}

/** A format with variables of REST APIs is deployed, and logs a hyphen for them: a token is not checked. */
function formatCode(format: string, imports: Imports): Code {
  const isChecked = [...format.matchAll(/\$context\b(?:\.(\w+))?/g)].every(([, root = '']) => LOG_VARIABLES.has(root))
    && /\$context\.(?:extendedR|r)equestId\b/.test(format) && !/[\r\n]/.test(format);
  return isChecked ? quoted(format) : callWith(`${imports.core('Lazy')}.string`, [], object({ produce: `() => ${quoted(format)}` }));
}

/** What variables of the access log of a WebSocket API begin with. */
const LOG_VARIABLES: ReadonlySet<string> = new Set([
  'apiId', 'authenticate', 'authorize', 'authorizer', 'connectedAt', 'connectionId', 'domainName', 'error', 'eventType',
  'extendedRequestId', 'identity', 'integration', 'integrationLatency', 'messageId', 'requestId', 'requestTime',
  'requestTimeEpoch', 'routeKey', 'stage', 'status', 'waf',
]);

function fragmentStatement(file: string, imports: Imports): string {
  const where = call(`${imports.module('path', 'path')}.join`, '__dirname', quoted(file));
  const fragment = callWith(`new ${imports.own('TemplateFragment')}`, ['this', quoted('Resources')], object({ file: where }));
  return `    // What Serverless deployed besides the service, as it was.\n${print(fragment, 4, '', ';')}`;
}

/** `path.join(__dirname, '..', '..')`; on another drive of Windows there is no relative path. */
function rootDeclaration(root: string, imports: Imports): string {
  const join = `${imports.module('path', 'path')}.join`;
  const folder = path.isAbsolute(root) ? call(join, quoted(root)) : call(join, '__dirname', ...root.split(path.sep).map(quoted));
  return `/** The folder of serverless.yml, where the code of the functions is. */\n${print(folder, 0, `const ${ROOT} = `, ';')}`;
}
