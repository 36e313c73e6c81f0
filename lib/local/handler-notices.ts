import type { LambdaFunction, LocalApp, Notice } from './assembly/local-app';
import { VariableOverrides, variablesOf } from './environment-file';
import { serviceOf, type AwsCall, type AwsCallEvent } from './functions/aws-calls';
import { credentialSource, PLACEHOLDER_CREDENTIALS } from './functions/process-environment';
import type { GatewayEvent } from './gateway-event';
import { functionLabel } from './terminal/served';

export interface HandlerNoticesOptions {
  readonly app: () => LocalApp;
  /** The ports that the gateway listens on. */
  readonly ports: () => readonly number[];
  readonly overrides: () => VariableOverrides;
  readonly shell: NodeJS.ProcessEnv;
  readonly onNotice: (notice: Notice) => void;
}

/** Emits notices about calls of handlers to AWS that cannot work on this machine, and to the gateway that cannot work on AWS. */
export class HandlerNotices {
  /** The keys, of function and cause, of the notices that were emitted. */
  private readonly emitted = new Set<string>();

  public constructor(private readonly options: HandlerNoticesOptions) {}

  /** The process of a function reported a call. */
  public onCall(fn: LambdaFunction, event: AwsCallEvent): void {
    if (event.type === 'failed') this.noteFailure(fn, event.call, event.outcome);
    else this.notePlain(fn, event.host, event.path);
  }

  /** A function called `@connections` with a client that has no endpoint. */
  public onMissingEndpoint(functionId: string): void {
    const fn = this.options.app().functions.get(functionId);
    const mistake = 'was made without an endpoint, so on AWS it calls execute-api.<region>.amazonaws.com, which does not know the API';
    if (fn) this.notice('endpoint-missing', fn, 'no endpoint', endpointText(fn, mistake));
  }

  /** Searches the output and the errors of functions for failed calls that their processes did not report. */
  public onEvent(event: GatewayEvent): void {
    const { functions } = this.options.app();
    if (event.type === 'output') return this.search(functions.get(event.functionId), event.text);
    if (!('error' in event) || event.error === undefined || event.type === 'resynthesis') return;
    this.search([...functions.values()].find(({ path }) => path === event.target), `${event.error.type}: ${event.error.message}`);
  }

  private noteFailure(fn: LambdaFunction, call: AwsCall, outcome: string): void {
    const { host, accessKeyId } = call;
    if (host.startsWith('execute-api.')) return this.onMissingEndpoint(fn.id);
    const apiId = /^([a-z0-9]+)\.execute-api\./.exec(host)?.[1];
    if (apiId !== undefined) {
      const ids = this.options.app().apis.map((api) => api.apiId);
      // The gateway received the call and reports its failure.
      if (ids.includes(apiId)) return;
      return this.notice('aws-call-failed', fn, apiId, `its call to the API ${apiId} failed: ${reason(host, outcome)}. Calls to an API `
        + `that is not in this app leave the machine; the APIs of this app have the ids ${ids.join(', ')}`);
    }
    const variables = this.variables(fn);
    const { name, variable, standIn } = serviceOf(call, variables);
    const endpoint = variables[variable];
    const wayOut = call.bySdk2
      ? `The AWS SDK for JavaScript v2 does not read ${variable}: for a stand-in on this machine, such as ${standIn}, pass \`endpoint\` to `
        + 'its client'
      : endpoint === undefined
        ? `For a stand-in on this machine, such as ${standIn}, set ${variable} in the shell or with --env-vars`
        : `${variable} is ${endpoint}: start ${standIn} there, or name another endpoint`;
    this.notice('aws-call-failed', fn, variable, `its call to ${name} failed: ${reason(host, outcome)}. It was signed with `
      + `${this.credentials(fn, accessKeyId)}. ${wayOut}`);
  }

  /** API Gateway answers https only. An http URL that the developer set with --env-vars is deliberate. */
  private notePlain(fn: LambdaFunction, host: string, path: string): void {
    const { app, ports, overrides } = this.options;
    const isGateway = ports().some((port) => [`localhost:${port}`, `127.0.0.1:${port}`].includes(host))
      || app().apis.some(({ apiId }) => host.startsWith(`${apiId}.execute-api.`));
    const isDeliberate = Object.values(variablesOf(fn, overrides())).some((value) => value.includes(`http://${host}`));
    const at = path.indexOf('/@connections/');
    if (!isGateway || isDeliberate || at < 0) return;
    const mistake = `calls ${host}${path.slice(0, at)} without TLS, as with an endpoint wss://... or http://..., and API Gateway answers `
      + 'https only';
    this.notice('endpoint-not-https', fn, 'no TLS', endpointText(fn, mistake));
  }

  private search(fn: LambdaFunction | undefined, whole: string): void {
    const text = whole.slice(0, SEARCHED);
    if (!fn || !TROUBLE.test(text)) return;
    if (NO_CREDENTIALS.test(text)) return this.noteNoCredentials(fn);
    const host = HOST.exec(text)?.[1];
    const outcome = REFUSED.exec(text)?.[0] ?? (host && UNREACHABLE.exec(text)?.[0]);
    if (outcome === undefined) return;
    if (host !== undefined) return this.noteFailure(fn, { service: 'aws', host }, outcome);
    // The process has most likely reported the call, with the name of the service.
    if ([...this.emitted].some((key) => key.startsWith(`${fn.id} `))) return;
    this.notice('aws-call-failed', fn, 'AWS', `a call to AWS failed: ${reason('AWS', outcome)}. It was signed with `
      + `${this.credentials(fn)}. `
      + 'For a stand-in on this machine, set AWS_ENDPOINT_URL_<SERVICE>, such as AWS_ENDPOINT_URL_DYNAMODB, in the shell or with '
      + '--env-vars');
  }

  private noteNoCredentials(fn: LambdaFunction): void {
    const source = credentialSource(this.variables(fn));
    const from = source ? ` from ${source.text}` : ', and the shell has none';
    this.notice('aws-call-failed', fn, 'credentials', `its AWS client got no credentials${from}. Log in, or take them out of the shell, so `
      + 'that handlers get placeholders; for a stand-in on this machine set AWS_ENDPOINT_URL_<SERVICE>, such as AWS_ENDPOINT_URL_DYNAMODB');
  }

  private credentials(fn: LambdaFunction, accessKeyId?: string): string {
    const source = credentialSource(this.variables(fn));
    const isPlaceholder = accessKeyId === undefined ? !source : accessKeyId === PLACEHOLDER_CREDENTIALS.AWS_ACCESS_KEY_ID;
    if (isPlaceholder) return 'placeholder credentials, since the shell has none';
    if (accessKeyId === undefined || source?.accessKeyId === accessKeyId) return `credentials of the shell: ${source!.text}`;
    return `the access key id ${accessKeyId}${source ? `, of the shell: ${source.text}` : ', which is not of the shell'}`;
  }

  /** The variables that determine credentials and endpoints of a function. */
  private variables(fn: LambdaFunction): NodeJS.ProcessEnv {
    return { ...this.options.shell, ...fn.environment, ...variablesOf(fn, this.options.overrides()) };
  }

  private notice(code: string, fn: LambdaFunction, about: string, text: string): void {
    const key = `${fn.id} ${about}`;
    if (this.emitted.has(key) || this.emitted.size >= MOST_NOTICES) return;
    this.emitted.add(key);
    this.options.onNotice({ code, subject: fn.path, text: `${functionLabel(fn.path)}: ${text}` });
  }
}

/** Characters of a line or a message that are searched: the cause comes at the beginning. */
const SEARCHED = 2_000;

/** The most notices of one gateway. */
const MOST_NOTICES = 200;

const REFUSED = new RegExp([
  'UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId', 'InvalidSignatureException', 'SignatureDoesNotMatch',
  'IncompleteSignature', 'MissingAuthenticationToken', 'AuthFailure', 'ExpiredToken', 'RequestExpired', 'TokenRefreshRequired',
  'security token included in the request is (?:invalid|expired)',
].join('|'));
const UNREACHABLE = new RegExp([
  'ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'Inaccessible host',
  'Could not connect to the endpoint URL', 'Connect timeout on endpoint URL', 'Read timeout on endpoint URL',
].join('|'));
const NO_CREDENTIALS = new RegExp([
  'CredentialsProviderError', 'Could not load credentials from any providers', 'Unable to locate credentials', 'NoCredentialsError',
  'Missing credentials in config', 'PartialCredentialsError', 'TokenProviderError', 'SSOTokenLoadError', 'UnauthorizedSSOTokenError',
  'ProfileNotFound', 'The config profile \\(.{1,80}\\) could not be found', 'Error loading SSO Token', 'CredentialRetrievalError',
].join('|'));
const HOST = /([\w.-]{1,200}\.amazonaws\.com(?:\.cn)?)/;
/** Any of the above: most lines have nothing to do with AWS, so that one test is enough for them. */
const TROUBLE = new RegExp([REFUSED, UNREACHABLE, NO_CREDENTIALS].map(({ source }) => source).join('|'));

function endpointText(fn: LambdaFunction, mistake: string): string {
  return `a client of @connections ${mistake}; it works on this machine only. Write ${clientLine(fn)}`;
}

/** The code for a client that works here and on AWS, in every stage. */
function clientLine({ runtime, environment }: LambdaFunction): string {
  const hasUrls = 'WEBSOCKET_CALLBACK_URLS' in environment;
  if (runtime.startsWith('python')) {
    const ofEvent = 'f"https://{event[\'requestContext\'][\'domainName\']}/{event[\'requestContext\'][\'stage\']}"';
    const ofStage = 'json.loads(os.environ["WEBSOCKET_CALLBACK_URLS"])[event["requestContext"]["stage"]]';
    return `boto3.client("apigatewaymanagementapi", endpoint_url=${hasUrls ? ofStage : ofEvent})`;
  }
  const ofEvent = '`https://${event.requestContext.domainName}/${event.requestContext.stage}`';
  const ofStage = 'JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS)[event.requestContext.stage]';
  return `new ApiGatewayManagementApiClient({ endpoint: ${hasUrls ? ofStage : ofEvent} })`;
}

function reason(host: string, outcome: string): string {
  if (/Expired|expired|TokenRefresh/.test(outcome)) return `its credentials have expired (${outcome})`;
  if (REFUSED.test(outcome)) return `${/amazonaws/.test(host) ? 'AWS' : host} does not accept its credentials (${outcome})`;
  if (outcome === 'timeout') return `${host} had not answered when the function timed out`;
  if (/ENOTFOUND|EAI_AGAIN|NameResolution|gaierror|Inaccessible/.test(outcome)) return `this machine cannot find ${host} (${outcome})`;
  return `${host} cannot be reached (${outcome})`;
}
