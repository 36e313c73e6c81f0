import { randomBytes } from 'crypto';
import * as fs from 'fs';
import { isIPv6 } from 'net';
import * as os from 'os';
import * as path from 'path';
import type { Api, LambdaFunction } from '../assembly/local-app';

export interface EnvironmentContext {
  /** The environment of the gateway itself: credentials, proxies and a few other variables pass through, nothing else. */
  readonly shell: NodeJS.ProcessEnv;
  /** Rewrites the AWS URLs of the APIs that the gateway serves to those of the gateway. */
  readonly localize: (text: string) => string;
  /** The variables of `--env-vars` for this function. They override the template. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly region: string;
  /** Where SDK clients without an endpoint send `@connections` calls: `markedEndpoint` of wire/. */
  readonly callbackEndpoint: string;
  /** Endpoints of AWS services that the gateway stands in for, by variable: `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly serviceEndpoints: Readonly<Record<string, string>>;
  /** PEM of the gateway's certificate, and of what the shell had in NODE_EXTRA_CA_CERTS. */
  readonly certificateFile: string;
  /** PEM of the system's authorities and of the gateway's certificate: Python takes one file for all. */
  readonly bundleFile: string;
  /** The file that `writeGatewayAddress` wrote. */
  readonly gatewayFile: string;
  /** Host names of the default endpoints served here, and of the gateway, which bypass proxies. */
  readonly servedHosts: readonly string[];
}

/** The complete environment of a function's processes, except for what depends on folders (launch.ts). */
export function functionEnvironment(fn: LambdaFunction, context: EnvironmentContext): Record<string, string> {
  const template = Object.fromEntries(Object.entries(fn.environment).map(([name, value]) => [name, context.localize(value)]));
  const own = { ...template, ...context.overrides };
  const set = { ...context.shell, ...own };
  return bypassingProxies({
    ...passedThrough(context.shell),
    ...(usesPlaceholders(context.shell, own) ? PLACEHOLDER_CREDENTIALS : {}),
    ...lambdaVariables(fn, context.region),
    // Each process would print a long warning about the end of support for this Node.js; the gateway says once which one runs.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: context.callbackEndpoint,
    ...unlessSet(context.serviceEndpoints, set),
    CDK_WEBSOCKET_SERVICE_GATEWAY: context.gatewayFile,
    ...template,
    // After the template, which names a file that exists on Lambda only, such as /var/runtime/ca-cert.pem.
    ...certificates(fn, context),
    ...context.overrides,
  }, context.servedHosts);
}

/** Where the developer has set an endpoint, for the service or for all, calls go there. */
function unlessSet(endpoints: Readonly<Record<string, string>>, set: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(endpoints).filter(([variable]) => endpointVariable(variable, set) === undefined));
}

/**
 * The variable that sets the endpoint of a service, if any does. Streams are where the tables are.
 *
 * @param variable `AWS_ENDPOINT_URL_DYNAMODB`
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function endpointVariable(variable: string, variables: NodeJS.ProcessEnv): string | undefined {
  return [variable, variable.replace(/_STREAMS$/, ''), 'AWS_ENDPOINT_URL'].find((name) => variables[name] !== undefined);
}

/** The default endpoint of an API. */
export function defaultEndpoint({ apiId, region, partition }: Api): string {
  return `${apiId}.execute-api.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}

/**
 * Writes where the gateway listens and which APIs it serves. Connections of handlers to the default endpoints of these APIs are redirected
 * to the gateway (runtime/node-network.ts, runtime/python_network.py). The processes read the file at each such connection, so a later
 * synthesis needs no new processes.
 *
 * @param host the address or name that the gateway listens on
 */
export function writeGatewayAddress(file: string, host: string, port: number, apis: readonly Api[]): void {
  const address = { host: reachableHost(host), port, apis: apis.map(({ apiId }) => apiId) };
  // Renaming is atomic: a reader sees the old content or the new one.
  fs.writeFileSync(`${file}.new`, JSON.stringify(address), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/** Where programs on this machine reach the gateway: `http://127.0.0.1:3001`. @param host the address or name that it listens on */
export function gatewayOrigin(host: string, port: number): string {
  const reachable = reachableHost(host);
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}

function reachableHost(host: string): string {
  return ANY_ADDRESS.has(host) ? '127.0.0.1' : host;
}

/** Wildcard and loopback addresses. */
const ANY_ADDRESS = new Set(['0.0.0.0', '::', 'localhost']);

/** Credentials with which an SDK can sign its calls: the gateway accepts any signature, AWS refuses these. */
export const PLACEHOLDER_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'localgateway', AWS_SECRET_ACCESS_KEY: 'localgateway' };

/**
 * Whether functions get placeholders because there are no AWS credentials.
 *
 * @param shell the environment of the gateway
 * @param own the variables that the template and the developer give the function
 */
export function usesPlaceholders(shell: NodeJS.ProcessEnv, own: Readonly<Record<string, string>> = {}): boolean {
  return credentialSource({ ...shell, ...own }) === undefined;
}

/** Where an SDK finds credentials. */
export interface CredentialSource {
  /** For the developer: `the access key id AKIA... (AWS_ACCESS_KEY_ID)`. */
  readonly text: string;
  /** Absent for credentials of a session or of another program. */
  readonly accessKeyId?: string;
}

/** Where an SDK finds credentials with these variables; `undefined` if there are none. */
export function credentialSource(variables: NodeJS.ProcessEnv): CredentialSource | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_WEB_IDENTITY_TOKEN_FILE: token } = variables;
  const profileVariable = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'].find((name) => variables[name]);
  if (accessKeyId) {
    const profile = profileVariable ? ` or the profile ${variables[profileVariable]} (${profileVariable}), which some SDKs prefer` : '';
    return { text: `the access key id ${accessKeyId} (AWS_ACCESS_KEY_ID)${profile}`, accessKeyId };
  }
  // Also if there is no such profile: the SDK reports that.
  if (profileVariable) return profileSource(variables, variables[profileVariable]!, profileVariable);
  if (token) return { text: `the role ${variables.AWS_ROLE_ARN} (AWS_WEB_IDENTITY_TOKEN_FILE)` };
  const container = ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'].find((name) => variables[name]);
  if (container) return { text: `those of the container (${container})` };
  const hasDefault = profileSections(variables, 'default').some((section) => CREDENTIAL_SETTING.test(section));
  return hasDefault ? profileSource(variables, 'default', '~/.aws') : undefined;
}

function profileSource(variables: NodeJS.ProcessEnv, name: string, from: string): CredentialSource {
  const sections = profileSections(variables, name);
  const [accessKeyId] = sections.flatMap((section) => /^\s*aws_access_key_id\s*=\s*(\S+)/m.exec(section)?.[1] ?? []);
  return accessKeyId === undefined
    ? { text: `the profile ${name} (${from})` }
    : { text: `the access key id ${accessKeyId} of the profile ${name} (${from})`, accessKeyId };
}

/**
 * The sections of a profile in the shared config files.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
function profileSections(variables: NodeJS.ProcessEnv, profile: string): string[] {
  const home = path.join(variables.HOME ?? os.homedir(), '.aws');
  const files = [
    variables.AWS_SHARED_CREDENTIALS_FILE ?? path.join(home, 'credentials'),
    variables.AWS_CONFIG_FILE ?? path.join(home, 'config'),
  ];
  return files.flatMap((file) => {
    try {
      const sections = fs.readFileSync(file, 'utf8').split(/^\s*(?=\[)/m);
      return sections.filter((section) => /^\[\s*(?:profile\s+)?(.*?)\s*\]/.exec(section)?.[1] === profile);
    } catch {
      return [];
    }
  });
}

const CREDENTIAL_SETTINGS = [
  'aws_access_key_id', 'credential_process', 'credential_source', 'login_session', 'role_arn', 'sso_session', 'sso_start_url',
];
const CREDENTIAL_SETTING = new RegExp(`^\\s*(${CREDENTIAL_SETTINGS.join('|')})\\s*=`, 'm');

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function lambdaVariables(fn: LambdaFunction, region: string): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomBytes(16).toString('hex')}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    TZ: ':UTC',
    _HANDLER: fn.handler,
  };
}

function certificates(fn: LambdaFunction, { certificateFile, bundleFile }: EnvironmentContext): Record<string, string> {
  return fn.runtime.startsWith('python')
    ? { AWS_CA_BUNDLE: bundleFile, REQUESTS_CA_BUNDLE: bundleFile, SSL_CERT_FILE: bundleFile }
    : { NODE_EXTRA_CA_CERTS: certificateFile };
}

function passedThrough(shell: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(shell).filter((entry): entry is [string, string] => entry[1] !== undefined && isPassedThrough(entry[0])),
  );
}

/** Calls of the gateway must not go through a proxy, whether the shell, the template or the env file sets it. */
function bypassingProxies(environment: Record<string, string>, servedHosts: readonly string[]): Record<string, string> {
  if (!Object.keys(environment).some((name) => PROXY.test(name))) return environment;
  const own = environment.NO_PROXY ?? environment.no_proxy;
  const exempt = own === '*' ? own : [...new Set([own, 'localhost', '127.0.0.1', '::1', ...servedHosts])].filter((host) => host).join(',');
  return { ...environment, NO_PROXY: exempt, no_proxy: exempt };
}

function isPassedThrough(name: string): boolean {
  return MACHINE.has(name) || CREDENTIALS.has(name) || PROXY.test(name) || /^no_proxy$/i.test(name) || name.startsWith('AWS_ENDPOINT_URL');
}

const PROXY = /^(https?|all)_proxy$/i;
const MACHINE = new Set(['PATH', 'HOME', 'LANG', 'TMPDIR']);
/** https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html */
const CREDENTIALS = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_CONFIG_FILE',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_DEFAULT_PROFILE',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_SDK_LOAD_CONFIG',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_STS_REGIONAL_ENDPOINTS',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
]);
