import { Parser } from '@asyncapi/parser';
import Ajv from 'ajv';
import { CfnModel, CfnRoute, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketModel, WebsocketService } from '../../../lib';
import type { Api } from '../../../lib/local/assembly/local-app';
import { readApp } from '../../../lib/local/assembly/read-app';
import { asyncApiDocument, UNKNOWN_REGION } from '../../../lib/local/asyncapi/document';
import { modelValidator } from '../../../lib/local/integrations/model-validation';
import { synthesize } from '../../_helpers/assembly';
import { exampleAssembly } from '../../_helpers/example-app';
import { HOSTILE_TEXTS } from '../../_helpers/hostile-texts';

interface Document {
  readonly servers: Record<string, { readonly host: string; readonly pathname?: string }>;
  readonly channels: { readonly connection: { readonly messages: Record<string, { readonly payload: object; readonly correlationId?: object }> } };
  readonly operations: Record<string, { readonly title: string; readonly messages: object[]; readonly reply?: { readonly messages: object[] } }>;
  readonly components: { readonly schemas: Record<string, object>; readonly securitySchemes?: object };
}

function apisOf(assembly: string): readonly Api[] {
  return readApp(assembly, { region: UNKNOWN_REGION }).apis;
}

function documentOf(api: Api): Document {
  return asyncApiDocument(api) as unknown as Document;
}

const parser = new Parser();

/** What the official parser finds, but that 3.1 is out, which tools do not read yet. */
async function problemsOf(document: object): Promise<string[]> {
  const { diagnostics } = await parser.parse(JSON.stringify(document));
  return diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')
    .map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`);
}

/** Whether a text is a message of the document. */
function validator(document: Document, message: string): (value: object) => boolean {
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
  ajv.addSchema(document, 'document');
  const name = message.replace(/~/g, '~0').replace(/\//g, '~1');
  return (value) => ajv.validate({ $ref: `document#/channels/connection/messages/${name}/payload` }, value);
}

/** The operations: what each receives or sends, and what it replies. */
function shape({ operations }: Document): Record<string, string> {
  const names = (messages: object[] = []) => messages.map((message) => (message as { $ref: string }).$ref.split('/').at(-1)).join(', ');
  return Object.fromEntries(Object.entries(operations).map(([name, { title, messages, reply }]) => [
    name, `${title}: ${names(messages)}${reply ? ` -> ${names(reply.messages)}` : ''}`,
  ]));
}

test.each(['chat', ...process.env.THOROUGH ? ['models', 'jwt'] : []])('the parser finds nothing in examples/%s', async (name) => {
  const found = await Promise.all(apisOf(exampleAssembly(name)).map((api) => problemsOf(documentOf(api))));

  expect(found).toEqual([[]]);
});

test('every route is an operation, every model of it a message', () => {
  const [api] = apisOf(exampleAssembly('models'));

  const document = documentOf(api);

  expect(shape(document)).toEqual({
    draw: 'draw: draw.circle, draw.square -> draw.reply, requestError',
    events: 'What the service sends by itself: event, gatewayError',
    sendMessage: 'sendMessage: sendMessage -> sendMessage.reply, requestError',
  });
  const draw = validator(document, 'draw.circle');
  expect([
    { action: 'draw', shape: 'circle', radius: 1 }, { action: 'draw', shape: 'circle', radius: 1, id: 'a' },
    { action: 'draw', shape: 'circle', radius: 0 }, { action: 'draw', shape: 'square', radius: 1 }, { action: 'drew', shape: 'circle', radius: 1 },
    { shape: 'circle', radius: 1 }, { action: 'draw', shape: 'circle', radius: 1, id: {} },
  ].map(draw)).toEqual([true, true, false, false, false, false, false]);
});

test('servers are the domains that are literal, and the endpoint', () => {
  expect(apisOf(exampleAssembly('domain')).map((api) => documentOf(api).servers)).toMatchInlineSnapshot(`
[
  {
    "ws.example.com.chat": {
      "description": "The stage dev, at a custom domain.",
      "host": "ws.example.com",
      "pathname": "/chat",
      "protocol": "wss",
    },
  },
]
`);
});

/** An API of plain aws-cdk-lib with a mock behind each of these routes. */
function plainApi(keys: readonly string[], more?: (api: WebSocketApi, routes: readonly CfnRoute[]) => void, selection?: string): Api {
  return apisOf(synthesize((stack) => {
    const api = new WebSocketApi(stack, 'Api', { apiName: 'Plain', routeSelectionExpression: selection });
    new WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'dev', autoDeploy: true });
    const routes = keys.map((key, index) => api.addRoute(key, {
      integration: new WebSocketMockIntegration(`Mock${index}`), returnResponse: true,
    }).node.defaultChild as CfnRoute);
    more?.(api, routes);
  }))[0];
}

test('route keys may have any characters', async () => {
  // GIVEN
  const keys = ['$default', '$connect', '$disconnect', 'a b', 'a/b', 'a_b', 'events', 'event', 'é', '日本', '__proto__', 'constructor', '~1', '{a}', '#', '1', '"', '.'];

  // WHEN
  const document = documentOf(plainApi([...keys, ...HOSTILE_TEXTS.filter((text) => !keys.includes(text) && text !== '')]));

  // THEN
  const titles = Object.values(document.operations).map(({ title }) => title);
  expect(titles).toEqual(expect.arrayContaining(keys.filter((key) => key !== '$connect' && key !== '$disconnect')));
  expect(shape(document)).toMatchObject({
    default: '$default: default -> default.reply', a_b_2: 'a/b: a_b_2 -> a_b_2.reply', constructor: 'constructor: constructor -> constructor.reply',
  });
  expect(Object.keys(document.operations).filter((name) => !/^[\w.-]+$/.test(name))).toEqual([]);
  expect(await problemsOf(document)).toEqual([]);
});

test.each<[string | undefined, string, object, object]>([
  [undefined, 'say', { action: 'say' }, { action: 'sey' }],
  ['$request.body.meta.kind', 'say', { meta: { kind: 'say' } }, { meta: {} }],
  ['${request.body.type}', '1', { type: 1 }, { type: 2 }],
])('the member that selects the route: %s', (selection, key, right, wrong) => {
  const is = validator(documentOf(plainApi([key], undefined, selection)), key);

  expect([is(right), is(wrong), is({})]).toEqual([true, false, false]);
});

test('a route that more than one member selects takes any message, and the document says by what', () => {
  const document = documentOf(plainApi(['chat/say', '$default'], undefined, '${request.body.service}/${request.body.action}'));

  expect(validator(document, 'chat_say')({})).toBe(true);
  expect(document).toMatchObject({
    info: {
      description: 'The WebSocket API Plain of the stack Test. Messages select their route by ${request.body.service}/${request.body.action}; '
        + '$default receives those that select no other.',
    },
  });
});

describe('models', () => {
  const MODELS = {
    Item: { id: 'http://example.com/item', type: 'object', required: ['n'], properties: { n: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false } } },
    Tree: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } }, name: { $ref: '#/definitions/name' } }, definitions: { name: { type: 'string', maxLength: 3 } } },
    List: { items: [{ enum: [{ $ref: '#' }, 1] }, { $ref: 'https://apigateway.amazonaws.com/restapis/x/models/Tree#/definitions/name' }], additionalItems: false, dependencies: { a: ['b'], c: { required: ['d'] } }, properties: { item: { $ref: 'https://apigateway.amazonaws.com/restapis/x/models/Item' }, id: { type: 'string' } } },
    Odd: { properties: { java: { pattern: '(?i)a' }, id: { $ref: '#', type: 'number' } }, patternProperties: { '(?i)a': {}, '^a': { id: 'a' } }, if: 3, const: 1 },
  };

  function modelledApi(models: Record<string, object>, used: string): Api {
    return plainApi(['say'], (api, [route]) => {
      const made = Object.fromEntries(Object.entries(models).map(([name, schema]) => (
        [name, new CfnModel(api, name, { apiId: api.apiId, name, contentType: 'application/json', schema })])));
      route.modelSelectionExpression = '\\$default';
      route.requestModels = { $default: made[used].ref };
    });
  }

  test.each<[keyof typeof MODELS, object[]]>([
    ['Item', [{ n: 1 }, { n: 0 }, { n: 9 }, { n: 10 }, {}]],
    ['Tree', [{ name: 'abc' }, { name: 'abcd' }, { children: [{ children: [{ name: 'abc' }] }] }, { children: [{ children: [{ name: 1 }] }] }]],
    ['List', [{ item: { n: 1 } }, { item: { n: 0 } }, { a: 1 }, { a: 1, b: 1 }, { c: 1 }, { c: 1, d: 1 }, { id: 1 }]],
  ])('%s takes and refuses what API Gateway does', (name, values) => {
    // GIVEN
    const api = modelledApi(MODELS, name);
    const takes = modelValidator(api.routes.get('say')!, api.models);

    // WHEN
    const document = documentOf(api);

    // THEN
    const messages = values.map((value) => ({ action: 'say', ...value }));
    expect(messages.map(validator(document, 'say'))).toEqual(messages.map((message) => takes(JSON.stringify(message)) === undefined));
  });

  test('are of draft-07 in the document, and refer to each other there', async () => {
    const document = documentOf(modelledApi(MODELS, 'List'));

    expect(await problemsOf(document)).toEqual([]);
    expect(document.components.schemas).toMatchInlineSnapshot(`
{
  "Item": {
    "properties": {
      "n": {
        "exclusiveMinimum": 0,
        "maximum": 9,
        "type": "number",
      },
    },
    "required": [
      "n",
    ],
    "type": "object",
  },
  "List": {
    "additionalItems": false,
    "dependencies": {
      "a": [
        "b",
      ],
      "c": {
        "required": [
          "d",
        ],
      },
    },
    "items": [
      {
        "enum": [
          {
            "$ref": "#",
          },
          1,
        ],
      },
      {
        "$ref": "#/components/schemas/Tree/definitions/name",
      },
    ],
    "properties": {
      "id": {
        "type": "string",
      },
      "item": {
        "$ref": "#/components/schemas/Item",
      },
    },
  },
  "Odd": {
    "patternProperties": {
      "^a": {},
    },
    "properties": {
      "id": {
        "$ref": "#/components/schemas/Odd",
      },
      "java": {
        "$comment": "pattern: (?i)a",
      },
    },
  },
  "Tree": {
    "definitions": {
      "name": {
        "maxLength": 3,
        "type": "string",
      },
    },
    "properties": {
      "children": {
        "items": {
          "$ref": "#/components/schemas/Tree",
        },
        "type": "array",
      },
      "name": {
        "$ref": "#/components/schemas/Tree/definitions/name",
      },
    },
    "type": "object",
  },
  "requestId": {
    "anyOf": [
      {
        "maxLength": 64,
        "minLength": 1,
        "type": "string",
      },
      {
        "type": "integer",
      },
    ],
    "description": "With an \`id\`, a client waits for the reply, which has the same.",
  },
}
`);
  });

  test.each<[string, object, string]>([
    ['is no schema', { type: 'text' }, 'the model Bad is not a JSON Schema of draft-04: $/type must be equal to one of the allowed values, $/type must be array, $/type must match a schema in anyOf'],
    ['is one of a later draft', { minimum: 1, exclusiveMinimum: 1 }, 'the model Bad is not a JSON Schema of draft-04: $/exclusiveMinimum must be boolean'],
    ['refers to a page', { $ref: 'https://example.com/a.json' }, 'the model Bad refers to https://example.com/a.json; a model can refer to models of its API and to parts of itself'],
    ['refers to an absent model', { items: { $ref: 'https://apigateway.amazonaws.com/restapis/x/models/Other' } }, 'the model Bad refers to the model Other, which the API does not have'],
    ['refers by an id', { $ref: '#name' }, 'the model Bad refers to #name; write a path, such as #/definitions/item'],
  ])('one that %s is an error', (_, schema, message) => {
    expect(() => documentOf(modelledApi({ Bad: schema }, 'Bad'))).toThrow(expect.objectContaining({ code: 'ASSEMBLY_BROKEN', message }));
  });
});

test('what the authorizer and the API key ask of a handshake', async () => {
  // GIVEN
  const [api] = apisOf(synthesize((stack) => {
    const handler = new lambda.Function(stack, 'F', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = () => 1') });
    new WebsocketService(stack, 'Chat', {
      routes: {
        $connect: { function: handler, apiKeyRequired: true, requestParameters: { 'route.request.querystring.room': true } },
        strict: { function: handler, returnResponse: true, requestModel: WebsocketModel.fromSchema({ type: 'object', additionalProperties: false, properties: { action: {} } }) },
      },
      authorizer: ConnectAuthorizer.function(handler, { identitySource: ['route.request.querystring.token', 'route.request.header.X-Tenant', 'context.stage'] }),
    });
  }, 'eu-central-1'));

  // WHEN
  const document = documentOf(api);

  // THEN
  expect(await problemsOf(document)).toEqual([]);
  expect({ ...document.components.securitySchemes, ...document.servers, ...document.channels.connection, messages: undefined }).toMatchInlineSnapshot(`
{
  "address": "/",
  "bindings": {
    "ws": {
      "bindingVersion": "0.1.0",
      "headers": {
        "properties": {
          "X-Tenant": {
            "type": "string",
          },
          "x-api-key": {
            "type": "string",
          },
        },
        "required": [
          "X-Tenant",
          "x-api-key",
        ],
        "type": "object",
      },
      "method": "GET",
      "query": {
        "properties": {
          "room": {
            "type": "string",
          },
          "token": {
            "type": "string",
          },
        },
        "required": [
          "token",
          "room",
        ],
        "type": "object",
      },
    },
  },
  "description": "The connection: all messages in both directions pass it.",
  "dev": {
    "description": "The stage dev.",
    "host": "{apiId}.execute-api.eu-central-1.amazonaws.com",
    "pathname": "/dev",
    "protocol": "wss",
    "security": [
      {
        "$ref": "#/components/securitySchemes/query-token",
      },
      {
        "$ref": "#/components/securitySchemes/header-X-Tenant",
      },
      {
        "$ref": "#/components/securitySchemes/header-x-api-key",
      },
    ],
    "variables": {
      "apiId": {
        "description": "The id that the deployment gives to the API (ChatApi86739009 of the stack Test).",
      },
    },
  },
  "header-X-Tenant": {
    "description": "What the authorizer reads. All of these are needed: token, X-Tenant, x-api-key.",
    "in": "header",
    "name": "X-Tenant",
    "type": "httpApiKey",
  },
  "header-x-api-key": {
    "description": "An API key. All of these are needed: token, X-Tenant, x-api-key.",
    "in": "header",
    "name": "x-api-key",
    "type": "httpApiKey",
  },
  "messages": undefined,
  "query-token": {
    "description": "What the authorizer reads. All of these are needed: token, X-Tenant, x-api-key.",
    "in": "query",
    "name": "token",
    "type": "httpApiKey",
  },
}
`);
  // The model takes no `id`, so no reply has one.
  expect(document.channels.connection.messages.strict.correlationId).toBeUndefined();
});

test('a route with AWS_IAM, and one that answers without a function', () => {
  const document = documentOf(plainApi(['$connect', 'ping'], (_, [connect]) => { connect.authorizationType = 'AWS_IAM'; }));

  expect(document.components.securitySchemes).toEqual({
    iam: { 'type': 'httpApiKey', 'in': 'header', 'name': 'Authorization', 'description': 'AWS Signature Version 4.', 'x-amazon-apigateway-authtype': 'awsSigv4' },
  });
  expect(shape(document).ping).toBe('ping: ping -> ping.reply');
  expect(document.channels.connection.messages['ping.reply'].payload).toEqual({ description: 'What the integration answers.' });
});
