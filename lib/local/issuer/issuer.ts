import { generateKeyPair, KeyObject, randomBytes, sign } from 'crypto';
import { promisify } from 'util';
import { claimsFor, tokenRequest, TokenRequest } from './claims';
import { standIns, TokenAuthorizer, tokenAuthorizers, wanted, Wanted } from './token-authorizer';
import type { LocalApp, Notice } from '../assembly/local-app';
import { listed } from '../assembly/notices';
import { variablesOf, VariableOverrides } from '../environment-file';
import { GatewayError } from '../gateway-error';
import { show } from '../protocol/json';
import { functionLabel, ServedApi } from '../terminal/served';
import { ToolAnswer, ToolCall, ToolHandler, TOOLS } from '../wire/tools';

/** A token, and when it expires: milliseconds since 1970. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: number;
}

interface SigningKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Where the keys are, below the tools. */
const KEYS = '/jwks.json';

/**
 * Stands in for the issuer that the authorizers of the app trust: the gateway gives them the address of its own keys, and nothing else of
 * them changes. The key is made for one gateway and never leaves its memory.
 */
export class LocalIssuer {
  private made?: Promise<SigningKey>;
  private functions: LocalApp['functions'] = new Map();
  private apis: readonly ServedApi[] = [];
  private origin!: (port: number) => string;

  /**
   * @param isOn otherwise it makes no token, and authorizers are left alone
   * @param own the variables that the developer sets for functions
   */
  public constructor(private readonly isOn: boolean, private readonly own: () => VariableOverrides) {}

  public register(tools: { register(name: string, handler: ToolHandler): void }): void {
    tools.register('issuer', (call) => this.answerForKeys(call));
    tools.register('token', (call) => this.answerForToken(call));
  }

  /** @param origin where functions reach a port of the gateway, by TLS: `https://127.0.0.1:3001` */
  public serve({ functions }: LocalApp, apis: readonly ServedApi[], origin: (port: number) => string): void {
    this.functions = functions;
    this.apis = apis;
    this.origin = origin;
    // It takes a while, and a client is not there yet. Who needs the key hears of a failure.
    if (this.isOn) this.key.catch(() => undefined);
  }

  /** The variables of the developer and, over them, those by which authorizers trust the keys of this gateway. */
  public get overrides(): VariableOverrides {
    const own = this.own();
    if (!this.isOn) return own;
    const functions = this.authorizers.map(({ fn, served: { port } }) => [fn.path, {
      ...own.functions[fn.path], ...standIns(fn, variablesOf(fn, own)), JWT_JWKS_URI: `${this.origin(port)}/${TOOLS}/issuer${KEYS}`,
    }]);
    return { all: own.all, functions: { ...own.functions, ...Object.fromEntries(functions) as VariableOverrides['functions'] } };
  }

  public get notices(): readonly Notice[] {
    if (!this.isOn) return [];
    const all = this.authorizers;
    if (all.length === 0) return [{ code: 'local-issuer-unused', subject: '--local-issuer', text: `--local-issuer: ${NOBODY}` }];
    const paths = [...new Set(all.map(({ fn }) => fn.path))];
    return [{
      code: 'local-issuer',
      subject: paths.join(', '),
      text: `${listed(paths.map(functionLabel))}: tokens of this gateway get in, and those of the app's own issuer are refused `
        + `(--local-issuer); cdk-websocket-service token --port ${all[0].served.port} prints one`,
    }];
  }

  /** @throws GatewayError INVALID_OPTION, also if the gateway has no issuer */
  public async token(request: unknown = {}): Promise<IssuedToken> {
    if (!this.isOn) throw new GatewayError('INVALID_OPTION', OFF);
    const checked = tokenRequest(request);
    const { json, exp } = claimsFor(this.wantedFor(checked), checked, Math.floor(Date.now() / 1000));
    const { kid, privateKey } = await this.key;
    const text = [JSON.stringify({ alg: 'RS256', typ: 'JWT', kid }), json].map((part) => Buffer.from(part).toString('base64url')).join('.');
    return { token: `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`, expiresAt: exp * 1000 };
  }

  private get key(): Promise<SigningKey> {
    this.made ??= newKey();
    return this.made;
  }

  /** Without those on a port where a stage is called `_ws`: the keys could not be reached there. */
  private get authorizers(): readonly TokenAuthorizer[] {
    const closed = new Set(this.apis.filter(hasOwnTools).map(({ port }) => port));
    const own = this.own();
    return tokenAuthorizers(this.functions, this.apis.filter(({ port }) => !closed.has(port)), (fn) => variablesOf(fn, own));
  }

  private wantedFor({ api, stage }: TokenRequest): Wanted {
    const all = this.authorizers;
    if (all.length === 0) throw new GatewayError('INVALID_OPTION', NOBODY);
    const found = all.filter((authorizer) => (api === undefined || namesOf(authorizer).includes(api))
      && (stage === undefined || authorizer.stages.includes(stage)));
    const kinds = new Map(found.map((authorizer) => wanted(authorizer)).map((each) => [JSON.stringify(each), each]));
    const [first, ...others] = kinds.values();
    if (first !== undefined && others.length === 0) return first;
    const problem = first === undefined
      ? `no authorizer verifies tokens for ${show({ api, stage })}` : 'the authorizers of the app accept different tokens';
    throw new GatewayError('INVALID_OPTION', `${problem}; name the API and, if that is not enough, the stage: `
      + all.map((authorizer) => `${nameAmong(all, authorizer)} (${authorizer.stages.join(', ')})`).join(', '));
  }

  /** `/_ws/issuer/jwks.json`: the public key, as a JSON Web Key Set (RFC 7517). */
  private async answerForKeys({ method, rest }: ToolCall): Promise<ToolAnswer> {
    if (!this.isOn || method !== 'GET' || rest !== KEYS) {
      return { status: 404, json: { message: this.isOn ? `the keys are at GET /${TOOLS}/issuer${KEYS}` : OFF } };
    }
    const { kid, publicKey } = await this.key;
    return { status: 200, json: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] } };
  }

  /** `/_ws/token`: makes a token. */
  private async answerForToken({ method, rest, body }: ToolCall): Promise<ToolAnswer> {
    if (method !== 'POST' || rest !== '') return { status: 404, json: { message: `a token is asked for with POST /${TOOLS}/token` } };
    try {
      return { status: 200, json: await this.token(body) };
    } catch (error) {
      if (error instanceof GatewayError) return { status: 400, json: { message: error.message } };
      throw error;
    }
  }
}

const OFF = 'this gateway makes no tokens; start it with --local-issuer (startGateway: `localIssuer: true`)';

const NOBODY = 'the app has no ConnectAuthorizer.jwt or .cognito at a port without a stage called _ws, so that no token opens a door';

async function newKey(): Promise<SigningKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  // Of no other gateway: a token of before a restart names a key that nobody has.
  return { kid: `local-${randomBytes(8).toString('hex')}`, ...pair };
}

function hasOwnTools({ stages }: ServedApi): boolean {
  return stages.some(({ stage }) => stage.name === TOOLS || stage.mappings.some(({ mappingKey }) => mappingKey.split('/')[0] === TOOLS));
}

function namesOf({ served: { api: { name, stack, logicalId } } }: TokenAuthorizer): readonly string[] {
  return [name, `${stack}/${logicalId}`];
}

/** The shortest name of an API that no other has. */
function nameAmong(all: readonly TokenAuthorizer[], authorizer: TokenAuthorizer): string {
  const [name, long] = namesOf(authorizer);
  return all.some((other) => other.served.api !== authorizer.served.api && namesOf(other)[0] === name) ? long : name;
}
