import { isObject } from '../../serverless/json-value';
import type { Json, JsonObject } from '../../serverless/template';

/** A key of serverless.yml, and what became of it. */
export interface KeyFate {
  readonly key: string;
  readonly fate: string;
}

const NOT_NEEDED = 'Not needed any more.';
const DEFAULTS = 'An option of `defaults`, or of each function if these differ.';
const FUNCTION = 'An option of the function in `functions`.';
const OVERRIDE = '`addPropertyOverride` on the functions.';
const SHARED_ROLE = '`roleStatements` of the naming; a role of your own is its `role`.';
const CARRIED = 'Carried as it is in `lib/resources.json`.';
const RESOLVED = 'Resolved: the values for this stage stand in the code.';
const LOCAL_RUNS = 'Not needed: `npx cdk-websocket-service local` runs the service.';
const BUNDLING = 'Not needed: handlers are bundled by esbuild (option `bundling`).';
const READING = 'Used to read the file only.';
const NO_EFFECT = 'No effect: Serverless does not read this key, so nothing deployed comes from it.';
const DASHBOARD = 'Not needed: of the Serverless Dashboard.';

/** By key; `*` stands for the key of a function. A key that is not here is one of its parent, or else unknown. */
const FATES: Readonly<Record<string, string>> = {
  'service': 'The names of the stack, the API and the functions, and `service` of the naming.',
  'frameworkVersion': NOT_NEEDED,
  'configValidationMode': READING,
  'deprecationNotificationMode': NOT_NEEDED,
  'disabledDeprecations': NOT_NEEDED,
  'variablesResolutionMode': READING,
  'unresolvedVariablesNotificationMode': READING,
  'useDotenv': 'Used to read the file only: the values of this moment stand in the code.',
  'app': DASHBOARD,
  'org': DASHBOARD,
  'tenant': DASHBOARD,
  'dashboard': DASHBOARD,
  'console': DASHBOARD,
  'licenseKey': DASHBOARD,
  'params': RESOLVED,
  'stages': RESOLVED,
  'custom': RESOLVED,
  'custom.customDomain': 'See "The custom domain" below.',
  'custom.customDomains': 'See "The custom domain" below.',
  'package': 'Files are chosen by bundling; an `artifact` is `code` of the function.',
  'layers': CARRIED,
  'build': BUNDLING,
  'provider.name': NOT_NEEDED,
  'provider.stage': '`stageName`, and in the names.',
  'provider.region': '`env.region` of the stack.',
  'provider.profile': 'Set `AWS_PROFILE`, or `--profile` of the CDK CLI.',
  'provider.stackName': '`stackName` of the stack.',
  'provider.runtime': DEFAULTS,
  'provider.memorySize': DEFAULTS,
  'provider.timeout': DEFAULTS,
  'provider.environment': DEFAULTS,
  'provider.architecture': DEFAULTS,
  'provider.tags': '`tags` of the naming.',
  'provider.stackTags': '`tags` of the stack.',
  'provider.websocketsApiName': '`apiName`.',
  'provider.websocketsApiRouteSelectionExpression': '`routeSelectionExpression`.',
  'provider.websocketsDescription': '`description`.',
  'provider.websocketApiName': NO_EFFECT,
  'provider.websocketApiRouteSelectionExpression': NO_EFFECT,
  'provider.websocketDescription': NO_EFFECT,
  'provider.websocket': 'Whether the API has the tags.',
  'provider.apiGateway.websocketApiId': '`apiId`.',
  'provider.apiGateway': CARRIED,
  'provider.httpApi': CARRIED,
  'provider.logs.websocket': '`loggingLevel`, `dataTraceEnabled` and `accessLog`.',
  'provider.logs.frameworkLambda': CARRIED,
  'provider.logs.restApi': CARRIED,
  'provider.logs.httpApi': CARRIED,
  'provider.logs.lambda': OVERRIDE,
  'provider.logRetentionInDays': '`logGroupRetention` of the naming.',
  'provider.logDataProtectionPolicy': 'An override of the log groups.',
  'provider.iam.role': SHARED_ROLE,
  'provider.iam.deploymentRole': 'Not used: the CDK deploys with the roles of its bootstrap stack, or with `--role-arn`.',
  'provider.iamRoleStatements': SHARED_ROLE,
  'provider.iamManagedPolicies': 'An override of the role.',
  'provider.role': '`role` of the naming.',
  'provider.vpc': OVERRIDE,
  'provider.tracing': OVERRIDE,
  'provider.layers': OVERRIDE,
  'provider.kmsKeyArn': OVERRIDE,
  'provider.versionFunctions': '`versionFunctions` of the naming.',
  'provider.lambdaHashingVersion': NOT_NEEDED,
  'provider.deploymentBucket': '`deploymentBucket` of the naming.',
  'provider.deploymentPrefix': NOT_NEEDED,
  'provider.deploymentMethod': 'Not needed: the CDK deploys with change sets.',
  'provider.stackPolicy': 'Not part of a template: the stack keeps its policy.',
  'provider.notificationArns': 'Not part of a template: `--notification-arns` of `cdk deploy`.',
  'provider.rollbackConfiguration': 'Not part of a template: the stack keeps its configuration.',
  'provider.disableRollback': '`--no-rollback` of `cdk deploy`.',
  'provider.resolver': READING,
  'functions.*.handler': FUNCTION,
  'functions.*.name': '`functionName`.',
  'functions.*.runtime': FUNCTION,
  'functions.*.memorySize': FUNCTION,
  'functions.*.timeout': FUNCTION,
  'functions.*.description': FUNCTION,
  'functions.*.architecture': FUNCTION,
  'functions.*.environment': FUNCTION,
  'functions.*.ephemeralStorageSize': FUNCTION,
  'functions.*.reservedConcurrency': '`reservedConcurrentExecutions`.',
  'functions.*.provisionedConcurrency': '`alias` and `provisionedConcurrentExecutions`.',
  'functions.*.logRetentionInDays': '`logGroupRetention`.',
  'functions.*.role': FUNCTION,
  'functions.*.package': '`code`, if it names an artifact; else files are chosen by bundling.',
  'functions.*.events.websocket': '`routes`, and `authorizer`.',
  'functions.*.events': CARRIED,
  'functions.*.maximumRetryAttempts': CARRIED,
  'functions.*.maximumEventAge': CARRIED,
  'functions.*.destinations': CARRIED,
  'functions.*.url': CARRIED,
  'functions.*': OVERRIDE,
  'resources.Resources': 'Carried as they are in `lib/resources.json`; what changes a resource of the service is an override.',
  'resources.extensions': '`addPropertyOverride`.',
  'resources': CARRIED,
};

/** By the names of plugins, or by what they begin with. */
const PLUGINS: ReadonlyArray<readonly [RegExp, string]> = [
  [/offline|plugin-simulate|dynamodb-local/, LOCAL_RUNS],
  [/esbuild|webpack|bundle|typescript|optimize|rollup|babel/, BUNDLING],
  [/domain-manager/, 'Not run: the domain stays as it is. See "The custom domain" below.'],
  [/python-requirements|rust|go-plugin/, 'Not run: build the code before `cdk deploy`; it is `code` of the function.'],
  [/dotenv/, 'Not run: the values of this moment stand in the code.'],
  [/iam-roles-per-function/, 'Not run: its roles are in `lib/resources.json`, and overrides of the functions name them.'],
  [/prune/, 'Not needed: versions that the stack no longer has are deleted with it.'],
];

const OF_A_PLUGIN = 'Not run. What it made of the compiled template is carried; what it does besides is up to you.';

/** What is another without the naming. */
const FRESH: Readonly<Record<string, string>> = {
  'service': 'The names of the stack and of the API.',
  'provider.iam.role': '`addToRolePolicy` for each function; a role of your own is an option of `defaults`.',
  'provider.iamRoleStatements': '`addToRolePolicy` for each function.',
  'provider.role': DEFAULTS,
  'provider.tags': '`tags` of the service.',
  'provider.logRetentionInDays': '`logGroupRetention` of `defaults`.',
  'provider.versionFunctions': 'A function has versions if it has an `alias`.',
  'provider.deploymentBucket': 'Not needed: the CDK has the bucket of its bootstrap stack.',
  'functions.*.name': 'Left out: the old stack has the name.',
};

/** What became of each key of a file. Keys of functions are listed once. */
export function keyFates(config: JsonObject, isFresh = false): KeyFate[] {
  const keys = new Map<string, string>();
  for (const [key, value] of Object.entries(config)) {
    if (key === 'plugins') continue;
    visit(key, value, [], keys);
  }
  const { plugins } = config;
  const modules = isObject(plugins) && Array.isArray(plugins.modules) ? plugins.modules : [plugins].flat();
  return [
    ...[...keys].map(([key, fate]) => ({ key, fate: isFresh && Object.hasOwn(FRESH, key) ? FRESH[key] : fate })),
    ...modules.filter((name) => typeof name === 'string').map((name) => ({ key: `plugins: ${name}`, fate: fateOfPlugin(name) })),
  ];
}

function fateOfPlugin(name: string): string {
  return PLUGINS.find(([pattern]) => pattern.test(name))?.[1] ?? OF_A_PLUGIN;
}

function visit(name: string, value: Json, above: readonly string[], found: Map<string, string>): void {
  const keys = [...above, name];
  const pattern = keys.join('.');
  const isParent = Object.keys(FATES).some((key) => key.startsWith(`${pattern}.`));
  if (isParent && pattern === 'functions') {
    for (const fn of [value].flat().flatMap((part) => (isObject(part) ? Object.values(part) : []))) {
      if (isObject(fn)) for (const [key, member] of Object.entries(fn)) visit(key, member, ['functions', '*'], found);
    }
    return;
  }
  if (isParent && (isObject(value) || Array.isArray(value))) {
    const members = [value].flat().flatMap((part) => (isObject(part) ? Object.entries(part) : []));
    for (const [key, member] of members) visit(key, member, keys, found);
    if (members.length > 0) return;
  }
  const parent = above.join('.');
  if (Object.hasOwn(FATES, pattern)) found.set(pattern, FATES[pattern]);
  else if (Object.hasOwn(FATES, parent) && above.length > 1) found.set(pattern, FATES[parent]);
  else if (Object.hasOwn(FATES, parent)) found.set(parent, FATES[parent]);
  else found.set(pattern, 'No option says it: what it made of the template is an override, or in `lib/resources.json`.');
}
