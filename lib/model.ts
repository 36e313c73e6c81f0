import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';
import { Checks } from './private/checks/checks';
import { Kind, OBJECT, STRING } from './private/checks/kind';
import { modelSchemaFault } from './private/checks/model-schema';
import { Fault } from './private/problem';
import { ModelDefinition, modelNameFault, modelNameFrom } from './private/routes/model-resources';

/**
 * Options of a model.
 *
 * @example
 * WebsocketModel.fromFile('schemas/say.json', { modelName: 'Said', description: 'what a client says' });
 */
export interface WebsocketModelOptions {
  /**
   * The name of the model in the API: 1 to 128 letters and digits.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-model.html
   * @default - made from the `title` of the schema, else the name of its file, else the key of the first route that uses the model:
   * `SendMessage` from `send-message`
   */
  readonly modelName?: string;

  /**
   * A description, in at most 1024 characters.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-model.html
   * @default - no description
   */
  readonly description?: string;

  /**
   * The content type of the messages. The schema is checked for `application/json` only.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-model.html
   * @default 'application/json'
   */
  readonly contentType?: string;
}

/**
 * A model of messages: a JSON Schema of draft-04, the only draft that API Gateway supports.
 *
 * Routes that share a model object share one resource.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
 * @example
 * const said = WebsocketModel.fromSchema({
 *   type: 'object',
 *   properties: { text: { type: 'string', maxLength: 1000 } },
 *   required: ['text'],
 * });
 * service.addRoute('say', { handler: 'src/messages.say', requestModel: said });
 */
export class WebsocketModel {
  /**
   * A model from a schema in code.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
   * @param schema a JSON Schema of draft-04, for example `{ type: 'object', required: ['text'] }`
   */
  public static fromSchema(schema: { [name: string]: unknown }, options: WebsocketModelOptions = {}): WebsocketModel {
    return new WebsocketModel({ kind: 'schema', schema, options });
  }

  /**
   * A model from a schema in a JSON file.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
   * @param file the path of the file, absolute or relative to the working directory of the app
   */
  public static fromFile(file: string, options: WebsocketModelOptions = {}): WebsocketModel {
    return new WebsocketModel({ kind: 'file', file, options });
  }

  /** A model that already exists in the API; no resource is created. */
  public static existing(modelName: string): WebsocketModel {
    return new WebsocketModel({ kind: 'existing', options: { modelName } });
  }

  private definition?: ModelDefinition;

  private constructor(private readonly source: ModelSource) {}

  /**
   * Checks the model.
   *
   * @internal
   */
  public _define(checks: Checks): ModelDefinition {
    // The definition is the identity of the model: one object for all routes of all services.
    this.definition ??= this.source.kind === 'existing' ? this.existing(checks) : this.made(checks);
    return this.definition;
  }

  private existing(checks: Checks): ModelDefinition {
    const { modelName } = this.source.options;
    checks.required('modelName', modelName, NAME);
    checks.that('modelName', modelName, modelNameFault);
    return { modelName };
  }

  private made(checks: Checks): ModelDefinition {
    const { file, options } = this.source;
    checkOptions(checks, options);
    const schema = this.schema(checks);
    const { modelName, description, contentType = JSON_TYPE } = options;
    if (contentType === JSON_TYPE) {
      const fault = modelSchemaFault(schema);
      const place = `${file === undefined ? '' : ` (${file})`}${fault?.pointer === '#' ? '' : fault?.pointer}`;
      if (fault) new Checks(checks.scope, `${checks.property}${place}`).refuse('', fault.value, fault);
    }
    const { title } = schema as { readonly title?: unknown };
    const named = typeof title === 'string' && !Token.isUnresolved(title) ? modelNameFrom(title) : undefined;
    return { modelName, suggestedName: named ?? nameOfFile(file), schema, description, contentType };
  }

  private schema(checks: Checks): object {
    const { file, schema, kind } = this.source;
    if (kind === 'schema') {
      checks.required('', schema, SCHEMA);
      return schema!;
    }
    checks.required('', file, FILE);
    const found = readSchemaFile(file!);
    if ('reason' in found) throw checks.refuse('', file, found);
    return found.schema;
  }
}

interface ModelSource {
  readonly kind: 'schema' | 'file' | 'existing';
  readonly schema?: { [name: string]: unknown };
  readonly file?: string;
  readonly options: WebsocketModelOptions;
}

const JSON_TYPE = 'application/json';

const NAME: Kind = { ...STRING, example: "'SendMessage'" };
const FILE: Kind = { ...STRING, example: "'schemas/send-message.json'" };
const SCHEMA: Kind = { ...OBJECT, example: "{ type: 'object' }" };

function checkOptions(checks: Checks, options: WebsocketModelOptions): void {
  checks.required('', options, { ...OBJECT, example: "{ modelName: 'SendMessage' }" });
  checks.names('WebsocketModelOptions', options);
  const { modelName, description, contentType } = options;
  checks.kind('modelName', modelName, NAME);
  checks.kind('contentType', contentType, { ...STRING, example: `'${JSON_TYPE}'` });
  checks.description('description', description);
  checks.length('contentType', contentType, 1, 256);
  checks.that('modelName', modelName, modelNameFault);
  if (!Token.isUnresolved(modelName)) return;
  checks.refuse('modelName', modelName, {
    reason: 'is known only at deployment, but the construct id is made from it before that',
    remedy: 'write the name itself',
  });
}

function nameOfFile(file?: string): string | undefined {
  return file === undefined ? undefined : modelNameFrom(path.parse(file).name);
}

/** The JSON object in a file, or what is wrong with the file. */
export function readSchemaFile(file: string): { readonly schema: object } | Fault {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : `cannot be read (${(error as Error).message})`;
    return { reason, remedy: 'name a JSON file, relative to the directory that the app runs in or absolute' };
  }
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return { schema };
    return { reason: 'holds JSON that is not an object', remedy: 'put a JSON Schema into it, for example { "type": "object" }' };
  } catch (error) {
    return { reason: `is not JSON: line ${lineAndColumn(text)}: ${(error as Error).message.replace(/\s+/g, ' ')}`, remedy: 'fix it' };
  }
}

/** Node.js names the position of some errors only. The error is at the end of the shortest prefix that no text could complete. */
function lineAndColumn(text: string): string {
  let [sound, broken] = [0, text.length + 1];
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2);
    if (isBeginning(text.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  const lines = text.slice(0, sound).split(/\r?\n/);
  return `${lines.length}, column ${lines[lines.length - 1].length + 1}`;
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('end of JSON input')) return true;
    return Number(/ at position (\d+)/.exec(message)?.[1] ?? -1) === text.length;
  }
}
