import type { IncomingMessage, ServerResponse } from 'http';
import { call } from './api-call';
import { BINARY_PACKAGE, findBinary } from './binary';
import { DataFolder } from './data-folder';
import { EmbeddedDynamoDb } from './embedded';
import { DynamoDbProxy, Unavailable } from './proxy';
import { makeTables } from './table-maker';
import type { Notice, Table } from '../assembly/local-app';
import { listed } from '../assembly/notices';
import { endpointVariable, PLACEHOLDER_CREDENTIALS } from '../functions/process-environment';
import { GatewayError } from '../gateway-error';
import { JsonObject, shortened } from '../protocol/json';
import type { ServedTables } from '../terminal/served';
import type { Trace } from '../trace';
import { serviceEndpoint } from '../wire/service-endpoints';

export interface LocalDynamoDbOptions {
  /** The folder of the app. */
  readonly directory: string;
  /** `aws`, or the URL of a DynamoDB that the developer runs; absent: the embedded one. */
  readonly dynamodb?: string;
  /** The folder that keeps the tables of the embedded one; absent: in memory. */
  readonly data?: string;
  /** The variables of all functions that do not come from the template. */
  readonly variables: () => NodeJS.ProcessEnv;
  readonly onNotice: (notice: Notice) => void;
  /** Absent: nothing is traced. */
  readonly trace?: Trace;
}

/** Streams are a service of their own for SDKs, at the same endpoint. */
const VARIABLES = ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_DYNAMODB_STREAMS'];

/** Milliseconds between two attempts to reach the developer's own DynamoDB, which may be started after the gateway. */
const PAUSE = 1_000;

/** The DynamoDB of handlers: embedded in the gateway, or where the developer says. */
export class LocalDynamoDb {
  private readonly proxy: DynamoDbProxy;
  private tables: readonly Table[] = [];
  private embedded?: EmbeddedDynamoDb;
  private dataFolder?: DataFolder;
  private readonly reported = new Set<string>();
  private readonly closing = new AbortController();

  public constructor(private readonly options: LocalDynamoDbOptions) {
    this.proxy = new DynamoDbProxy({
      endpoint: () => this.endpoint(), onUnknownTable: (names) => this.explainUnknown(names), trace: options.trace,
    });
  }

  /** Takes the data folder. @throws GatewayError DATA_IN_USE, INVALID_OPTION */
  public open(): void {
    const { dynamodb, data, variables } = this.options;
    const variable = endpointVariable(VARIABLES[0], variables());
    if (dynamodb !== undefined && variable !== undefined) {
      throw new GatewayError('INVALID_OPTION', `--dynamodb (startGateway: dynamodb) says ${dynamodb}, and ${variable} of the shell or of `
        + `the environment that functions are given says ${variables()[variable]}; keep one of them`);
    }
    if (data !== undefined) this.dataFolder = DataFolder.open(data);
  }

  /** Makes the tables, in the background; nothing is started for an app without tables. */
  public serve(tables: readonly Table[]): void {
    if (JSON.stringify(tables) === JSON.stringify(this.tables)) return;
    this.tables = tables;
    const { dynamodb } = this.options;
    if (tables.length === 0 || dynamodb === 'aws') return;
    if (dynamodb !== undefined) void this.makeAt(new URL(dynamodb), tables);
    else if (endpointVariable(VARIABLES[0], this.options.variables()) === undefined) this.embed()?.serve(tables);
  }

  /** The variables by which handlers find the tables. @param origin of the gateway */
  public endpoints(origin: string): Readonly<Record<string, string>> {
    const { dynamodb } = this.options;
    if (this.tables.length === 0 || dynamodb === 'aws') return {};
    const endpoint = dynamodb ?? serviceEndpoint(origin, 'dynamodb');
    return Object.fromEntries(VARIABLES.map((variable) => [variable, endpoint]));
  }

  /** What is served, for the developer; `undefined` if there is nothing to say. */
  public get served(): ServedTables | undefined {
    if (this.tables.length === 0) return undefined;
    const names = this.tables.map(({ name }) => name);
    const { dynamodb, variables, directory } = this.options;
    if (dynamodb !== undefined) return { names, where: `at ${dynamodb}` };
    const variable = endpointVariable(VARIABLES[0], variables());
    if (variable !== undefined) return { names, where: `at ${variables()[variable]} (${variable})` };
    const binary = findBinary(directory);
    if (!binary) return { names, where: 'not available: see the notice above' };
    return { names, where: `${this.dataFolder ? `in ${this.dataFolder.directory}` : 'in memory'}, by dynoxide ${binary.version}` };
  }

  /** Answers a call of DynamoDB that came to the gateway. */
  public handle(request: IncomingMessage, response: ServerResponse): void {
    void this.proxy.serve(request, response);
  }

  /** Reads the tables that are not on AWS, for the gateway itself; `undefined` if nobody answers, or with an error. */
  public async read(operation: string, region: string, input: JsonObject): Promise<JsonObject | undefined> {
    const { dynamodb, variables } = this.options;
    if (dynamodb === 'aws' || (dynamodb === undefined && !this.embedded)) return undefined;
    try {
      const endpoint = dynamodb === undefined ? await this.embedded!.endpoint() : new URL(dynamodb);
      const accessKeyId = variables().AWS_ACCESS_KEY_ID ?? PLACEHOLDER_CREDENTIALS.AWS_ACCESS_KEY_ID;
      const { body, error } = await call({ endpoint, accessKeyId }, operation, region, input);
      return error === undefined ? body : undefined;
    } catch {
      return undefined;
    }
  }

  public async close(): Promise<void> {
    this.closing.abort();
    await this.embedded?.close();
    this.proxy.close();
    this.dataFolder?.close();
  }

  private async endpoint(): Promise<URL> {
    const { dynamodb } = this.options;
    if (dynamodb !== undefined) throw new Unavailable(`with --dynamodb ${dynamodb}, the gateway has no DynamoDB of its own`, false);
    if (this.tables.length === 0) throw new Unavailable(`the app has no table, so the gateway has no DynamoDB; ${ELSEWHERE}`, false);
    // A function may have lost its own endpoint when the env file was saved.
    if (!this.embedded) this.embed()?.serve(this.tables);
    if (!this.embedded) throw new Unavailable(missing(), false);
    return this.embedded.endpoint();
  }

  private embed(): EmbeddedDynamoDb | undefined {
    const { directory, onNotice } = this.options;
    const binary = this.embedded ? undefined : findBinary(directory);
    if (binary) this.embedded = new EmbeddedDynamoDb({ binary, file: this.dataFolder?.file, onNotice });
    if (!this.embedded) this.notice('dynamodb-missing', BINARY_PACKAGE, missing(this.tables));
    return this.embedded;
  }

  /** Tries until somebody answers: the developer may start it later. */
  private async makeAt(endpoint: URL, tables: readonly Table[]): Promise<void> {
    const accessKeyId = this.options.variables().AWS_ACCESS_KEY_ID ?? PLACEHOLDER_CREDENTIALS.AWS_ACCESS_KEY_ID;
    while (!this.closing.signal.aborted && tables === this.tables) {
      try {
        const notices = await makeTables(tables, { endpoint, accessKeyId }, false);
        notices.forEach(({ code, subject, text }) => this.notice(code, subject, text));
        return;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const text = `${endpoint.href} does not answer (${code ?? message}), so the tables of the app are not made there yet: start it, or `
          + 'name another with --dynamodb';
        this.notice('dynamodb-unreachable', endpoint.href, text);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PAUSE);
        this.closing.signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
      });
    }
  }

  /** A handler called a table that does not exist. */
  private explainUnknown(names: readonly string[]): string {
    const known = this.tables.map(({ name }) => name);
    const unknown = names.filter((name) => !known.includes(name)).map((name) => JSON.stringify(shortened(name)));
    // A table of the app that could not be made has a notice of its own.
    if (unknown.length === 0) return names.length === 0 ? '' : ': it could not be made here, and a notice of the gateway says why';
    const text = `${listed(unknown)} is not a table of this app, which has ${listed(known)}; ${ELSEWHERE}`;
    this.notice('table-unknown', unknown.join(', '), `a handler called DynamoDB: ${text}`);
    return `: ${text}`;
  }

  private notice(code: string, subject: string, text: string): void {
    const key = `${code} ${subject}`;
    if (this.reported.has(key) || this.reported.size >= MOST_NOTICES) return;
    this.reported.add(key);
    this.options.onNotice({ code, subject: shortened(subject), text });
  }
}

const MOST_NOTICES = 50;

const ELSEWHERE = 'tables elsewhere are reached with --dynamodb URL or --dynamodb aws (startGateway: dynamodb)';

function missing(tables?: readonly Table[]): string {
  const what = tables ? `${listed(tables.map(({ path }) => path), 'tables')}: ` : '';
  return `${what}there is no DynamoDB here: run npm install --save-dev ${BINARY_PACKAGE} in the folder of the app for one that the gateway `
    + 'starts itself, or name another with --dynamodb URL or, for the tables on AWS, --dynamodb aws (startGateway: dynamodb)';
}
