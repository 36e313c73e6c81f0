import * as http from 'http';
import { AddressInfo } from 'net';

/** What API Gateway says of a role that it cannot assume, be it wrong or just new. */
export const REFUSAL = 'The role ARN does not have required permissions configured. '
  + 'Please grant trust permission for API Gateway and add the required role policy.';

const LOGS_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';

interface FakeRole {
  readonly trust: string;
  readonly policies: Set<string>;
}

/** An error of the account, for the actions that are to fail. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * An AWS account as far as the CloudWatch role of API Gateway goes: `/account` of every region, roles with their policies, and the URL
 * at which CloudFormation waits for an answer.
 */
export class FakeAccount {
  /** By region: the role that API Gateway has. */
  public readonly cloudWatchRoles = new Map<string, string>();

  public readonly roles = new Map<string, FakeRole>();

  /** Every call, as `<region> <action> <role name or ARN>`. */
  public readonly calls: string[] = [];

  /** What CloudFormation was told, with the content type it came with. */
  public readonly answers: Array<{ readonly contentType?: string; readonly body: Record<string, unknown> }> = [];

  /** By action: what it fails with, as often as it is there. */
  public readonly failures = new Map<string, Failure[]>();

  /** How often API Gateway refuses a good role before it hears of it. */
  public propagation = 0;

  /** How often `/account` shows what was there before, once it was changed. */
  public staleReads = 0;

  /** Actions that get no answer at all. */
  public readonly silent = new Set<string>();

  /** What else happens when an action is called, before it takes effect. */
  public readonly meanwhile = new Map<string, () => void>();

  private readonly shown = new Map<string, string | undefined>();
  private readonly server = http.createServer((request, response) => void this.serve(request, response));

  public async listen(): Promise<void> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => { this.server.close(() => resolve()); });
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a role, as the account's owner would. */
  public addRole(name: string, service = 'apigateway.amazonaws.com', policies = [LOGS_POLICY]): string {
    this.roles.set(name, { trust: JSON.stringify({ Principal: { Service: service } }), policies: new Set(policies) });
    return arnOf(name);
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'PUT') return this.hear(request, response, body);
    // The scope of the signature: <key>/<date>/<region>/<service>/aws4_request.
    const region = request.headers.authorization?.split('/')[2] ?? 'nowhere';
    if (request.url === '/account') return this.serveGateway(`${request.method}Account`, region, body, response);
    return this.serveIam(new URLSearchParams(body), region, response);
  }

  private hear(request: http.IncomingMessage, response: http.ServerResponse, body: string): void {
    const failure = this.enter('Respond', '', '');
    if (failure === 'silence') return;
    if (!failure) this.answers.push({ contentType: request.headers['content-type'], body: JSON.parse(body) as Record<string, unknown> });
    response.writeHead(failure?.status ?? 200).end();
  }

  private serveGateway(action: string, region: string, body: string, response: http.ServerResponse): void {
    const value = body ? (JSON.parse(body) as { patchOperations: Array<{ value: string }> }).patchOperations[0].value : undefined;
    const failure = this.enter(action, region, value ?? '') ?? (value === undefined ? undefined : this.refusalOf(value));
    if (failure === 'silence') return;
    if (failure) {
      response.writeHead(failure.status, { 'content-type': 'application/json', 'x-amzn-errortype': failure.code })
        .end(JSON.stringify({ message: failure.message }));
      return;
    }
    if (value !== undefined) {
      this.shown.set(region, this.cloudWatchRoles.get(region));
      this.cloudWatchRoles.set(region, value);
    }
    const isStale = value === undefined && this.shown.has(region) && this.staleReads-- > 0;
    const cloudwatchRoleArn = isStale ? this.shown.get(region) : this.cloudWatchRoles.get(region);
    response.writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ cloudwatchRoleArn, throttleSettings: { burstLimit: 5_000, rateLimit: 10_000 }, apiKeyVersion: '4' }));
  }

  /** API Gateway tries a role before it takes it. */
  private refusalOf(arn: string): Failure | undefined {
    const role = this.roles.get(arn.split('/').pop()!);
    const isUsable = role?.policies.has(LOGS_POLICY) && role.trust.includes('apigateway.amazonaws.com');
    if (isUsable && this.propagation-- <= 0) return undefined;
    return { status: 400, code: 'BadRequestException', message: REFUSAL };
  }

  private serveIam(query: URLSearchParams, region: string, response: http.ServerResponse): void {
    const [action, name] = [query.get('Action')!, query.get('RoleName')!];
    const failure = this.enter(action, region, name) ?? this.takeEffect(action, name, query);
    if (failure === 'silence') return;
    response.writeHead(failure?.status ?? 200, { 'content-type': 'text/xml' }).end(failure
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>${failure.code}</Code><Message>${failure.message}</Message></Error>`
        + '<RequestId>1</RequestId></ErrorResponse>'
      : `<${action}Response><${action}Result><Role><RoleName>${name}</RoleName><Arn>${arnOf(name)}</Arn></Role></${action}Result>`
        + `<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`);
  }

  private takeEffect(action: string, name: string, query: URLSearchParams): Failure | undefined {
    const role = this.roles.get(name);
    if (action === 'CreateRole') {
      if (role) return { status: 409, code: 'EntityAlreadyExists', message: `Role with name ${name} already exists.` };
      this.roles.set(name, { trust: query.get('AssumeRolePolicyDocument')!, policies: new Set() });
      return undefined;
    }
    if (!role) return { status: 404, code: 'NoSuchEntity', message: `The role with name ${name} cannot be found.` };
    if (action === 'AttachRolePolicy') role.policies.add(query.get('PolicyArn')!);
    return undefined;
  }

  private enter(action: string, region: string, subject: string): Failure | 'silence' | undefined {
    this.calls.push([region, action, subject].filter(Boolean).join(' '));
    this.meanwhile.get(action)?.();
    return this.silent.has(action) ? 'silence' : this.failures.get(action)?.shift();
  }
}

export function arnOf(roleName: string): string {
  return `arn:aws:iam::123456789012:role/${roleName}`;
}
