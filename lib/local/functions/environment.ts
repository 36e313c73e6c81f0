import { randomBytes } from 'crypto';
import * as fs from 'fs';
import { PLACEHOLDER_CREDENTIALS, usesPlaceholders } from './credentials';
import type { Api, LambdaFunction } from '../assembly/model';

export { usesPlaceholders };

export interface EnvironmentContext {
  /** The environment of the gateway itself: credentials, proxies and a few others pass through, nothing else. */
  readonly shell: NodeJS.ProcessEnv;
  /** Rewrites the AWS URLs of the APIs that the gateway serves to those of the gateway. */
  readonly localize: (text: string) => string;
  /** The variables of `--env-vars` for this function. They override the template. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly region: string;
  /** Where SDK clients without an endpoint send `@connections` calls: `markedEndpoint` of wire/front-door.ts. */
  readonly callbackEndpoint: string;
  /** PEM of the gateway's certificate, and of what the shell had in NODE_EXTRA_CA_CERTS. */
  readonly certificateFile: string;
  /** PEM of the system's authorities and the gateway's: Python takes one file for all. */
  readonly bundleFile: string;
  /** The file that `writeGatewayAddress` wrote. */
  readonly gatewayFile: string;
  /** Host names of the default endpoints served here, which bypass proxies. */
  readonly servedHosts: readonly string[];
}

/**
 * Tells the processes of handlers where the gateway listens and which APIs it serves: connections to their default endpoints are redirected
 * to it (bootstrap-network.ts). They read the file at each such connection, so that what a later synthesis brings needs no new processes.
 *
 * @param host the address or name that the gateway was told to listen on
 */
export function writeGatewayAddress(file: string, host: string, port: number, apis: readonly Api[]): void {
  const address = { host: ANY_ADDRESS.has(host) ? '127.0.0.1' : host, port, apis: apis.map(({ apiId }) => apiId) };
  // Renaming is atomic: a reader sees the old content or the new one.
  fs.writeFileSync(`${file}.new`, JSON.stringify(address), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/** Wildcard and loopback addresses. */
const ANY_ADDRESS = new Set(['0.0.0.0', '::', 'localhost']);

/** The default endpoint of an API. */
export function defaultEndpoint({ apiId, region, partition }: Api): string {
  return `${apiId}.execute-api.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}

/** The complete environment of a function's processes, but for what depends on folders (launch.ts). */
export function functionEnvironment(fn: LambdaFunction, context: EnvironmentContext): Record<string, string> {
  const template = Object.fromEntries(Object.entries(fn.environment).map(([name, value]) => [name, context.localize(value)]));
  const own = { ...template, ...context.overrides };
  return pastProxies({
    ...passedThrough(context.shell),
    ...(usesPlaceholders(context.shell, own) ? PLACEHOLDER_CREDENTIALS : {}),
    ...lambdaVariables(fn, context.region),
    // Every process would say at length that the Node.js of this machine gets old; start tells which one it is.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: context.callbackEndpoint,
    CDK_WEBSOCKET_SERVICE_GATEWAY: context.gatewayFile,
    ...template,
    // Not the template's: that names a file of Lambda's, as /var/runtime/ca-cert.pem.
    ...certificates(fn, context),
    ...context.overrides,
  }, context.servedHosts);
}

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

/** Calls of `@connections` must not go through a proxy, whether it is set by the shell, the template or the env file. */
function pastProxies(environment: Record<string, string>, servedHosts: readonly string[]): Record<string, string> {
  if (!Object.keys(environment).some((name) => PROXY.test(name))) return environment;
  const own = environment.NO_PROXY ?? environment.no_proxy;
  const exempt = own === '*' ? own : [own, 'localhost', '127.0.0.1', '::1', ...servedHosts].filter((host) => host).join(',');
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
