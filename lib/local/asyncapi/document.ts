import { isEnveloped, RouteMessage, routeMessages, selectionPath } from './messages';
import { Names } from './names';
import { modelSchema } from './schema';
import { security, SecurityPart } from './security';
import type { Api, Route } from '../assembly/local-app';

/** Stands for the region of an app that names none. */
export const UNKNOWN_REGION = '{region}';

type JsonObject = Readonly<Record<string, unknown>>;

const CHANNEL = '#/channels/connection';

/** Names of ours: routes of the same name get another. */
const OWN_NAMES = ['connection', 'events', 'event', 'requestError', 'gatewayError', 'requestId'];

/**
 * An API as an AsyncAPI 3 document, from the side of the service, as it is usual: the service *receives* what clients send.
 *
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 * @throws GatewayError ASSEMBLY_BROKEN if a model is unusable
 */
export function asyncApiDocument(api: Api): JsonObject {
  const names = new Names(OWN_NAMES);
  const schemaNames = new Map([...api.models.keys()].map((model) => [model, names.of(model)]));
  const places = new Map([...schemaNames].map(([model, name]) => [model, `#/components/schemas/${name}`]));
  const routes = [...api.routes.values()].filter(({ routeKey }) => routeKey !== '$connect' && routeKey !== '$disconnect');
  const described = routes.map((route) => {
    const name = names.of(route.routeKey);
    const messages = routeMessages(route, api, places).map((message) => ({
      name: message.modelKey === undefined ? name : names.of(`${name}.${message.modelKey}`),
      message: messageOf(route, message),
    }));
    return { route, name, messages, replyName: route.twoWay ? names.of(`${name}.reply`) : undefined };
  });
  const connect = api.routes.get('$connect');
  const { schemes, binding } = security(api, connect);
  return {
    asyncapi: '3.0.0',
    info: {
      title: api.name,
      version: '1.0.0',
      description: `The WebSocket API ${api.name} of the stack ${api.stack}. ${selectionText(api)}`,
    },
    defaultContentType: 'application/json',
    servers: servers(api, schemes),
    channels: {
      connection: {
        address: '/',
        description: 'The connection: all messages in both directions pass it.',
        messages: {
          ...Object.fromEntries(described.flatMap(({ route, messages, replyName }) => [
            ...messages.map(({ name, message }) => [name, message]), ...replyName === undefined ? [] : [[replyName, replyOf(route)]],
          ])),
          event: { $ref: '#/components/messages/event' },
          requestError: { $ref: '#/components/messages/requestError' },
          gatewayError: { $ref: '#/components/messages/gatewayError' },
        },
        ...binding && { bindings: { ws: binding } },
      },
    },
    operations: {
      ...Object.fromEntries(described.map(({ route, name, messages, replyName }) => [name, {
        action: 'receive',
        channel: { $ref: CHANNEL },
        title: route.routeKey,
        messages: messages.map((message) => inChannel(message.name)),
        ...replyName !== undefined && {
          reply: { channel: { $ref: CHANNEL }, messages: [replyName, ...isEnveloped(route) ? ['requestError'] : []].map(inChannel) },
        },
      }])),
      events: {
        action: 'send',
        channel: { $ref: CHANNEL },
        title: 'What the service sends by itself',
        messages: ['event', 'gatewayError'].map(inChannel),
      },
    },
    components: {
      schemas: {
        ...Object.fromEntries([...api.models].map(([model, schema]) => [schemaNames.get(model), modelSchema(model, schema, places)])),
        requestId: REQUEST_ID,
      },
      messages: { event: EVENT, requestError: REQUEST_ERROR, gatewayError: GATEWAY_ERROR },
      ...schemes.length > 0 && { securitySchemes: Object.fromEntries(schemes.map(({ name, scheme }) => [name, scheme])) },
    },
  };
}

function messageOf({ routeKey }: Route, { payload, modelKey, correlated }: RouteMessage): JsonObject {
  return {
    name: routeKey,
    title: modelKey === undefined ? routeKey : `${routeKey} (${modelKey})`,
    contentType: 'application/json',
    payload,
    ...correlated && { correlationId: CORRELATION },
  };
}

function replyOf(route: Route): JsonObject {
  const description = isEnveloped(route)
    ? 'What the function returns. To a message with an `id`, a handler made by `onMessage` replies `{ "id": ..., "data": ... }`.'
    : 'What the integration answers.';
  return {
    name: `${route.routeKey} reply`,
    title: `Reply to ${route.routeKey}`,
    payload: { description },
    ...isEnveloped(route) && { correlationId: CORRELATION },
  };
}

function selectionText({ routeSelectionExpression: expression, routes }: Api): string {
  const path = selectionPath(expression);
  const by = path ? `The member ${path.join('.')} of a message selects its route` : `Messages select their route by ${expression}`;
  return routes.has('$default') ? `${by}; $default receives those that select no other.` : `${by}.`;
}

/** The endpoint of API Gateway, whose name only a deployment knows, and the custom domains. */
function servers(api: Api, schemes: readonly SecurityPart[]): JsonObject {
  const names = new Names();
  const suffix = api.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const secured = schemes.length > 0 && { security: schemes.map(({ name }) => ({ $ref: `#/components/securitySchemes/${name}` })) };
  const variables = {
    apiId: { description: `The id that the deployment gives to the API (${api.logicalId} of the stack ${api.stack}).` },
    ...api.region === UNKNOWN_REGION && { region: { description: 'The region that the stack is deployed to.' } },
  };
  return Object.fromEntries(api.stages.flatMap(({ name, mappings }) => [
    ...mappings.map(({ domainName, mappingKey }) => [names.of(mappingKey ? `${domainName}.${mappingKey}` : domainName), {
      host: domainName,
      ...mappingKey && { pathname: `/${mappingKey}` },
      protocol: 'wss',
      description: `The stage ${name}, at a custom domain.`,
      ...secured,
    }] as const),
    ...api.disableExecuteApiEndpoint ? [] : [[names.of(name), {
      host: `{apiId}.execute-api.${api.region}.${suffix}`,
      pathname: `/${name}`,
      protocol: 'wss',
      description: `The stage ${name}.`,
      variables,
      ...secured,
    }] as const],
  ]));
}

function inChannel(name: string): JsonObject {
  return { $ref: `${CHANNEL}/messages/${name}` };
}

const CORRELATION = {
  location: '$message.payload#/id',
  description: 'The reply to a message with an `id` has the same `id`.',
};

const REQUEST_ID = {
  description: 'With an `id`, a client waits for the reply, which has the same.',
  anyOf: [{ type: 'string', minLength: 1, maxLength: 64 }, { type: 'integer' }],
};

const EVENT = {
  name: 'event',
  title: 'Event',
  summary: 'What `emit` of cdk-websocket-service/runtime sends. Handlers may send other texts, too.',
  payload: {
    type: 'object',
    required: ['event'],
    properties: {
      event: { type: 'string' },
      data: { description: 'What the event is about.' },
      room: { type: 'string', description: 'The room that it was emitted to.' },
      seq: { type: 'integer', description: 'Its number in the room, if the service keeps a history.' },
    },
  },
};

const REQUEST_ERROR = {
  name: 'requestError',
  title: 'Error of a request',
  summary: 'What handlers of cdk-websocket-service/runtime reply to a message with an `id` that failed.',
  payload: {
    type: 'object',
    required: ['id', 'error'],
    properties: {
      id: { $ref: '#/components/schemas/requestId' },
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          code: { type: 'string', examples: ['INVALID_BODY', 'INTERNAL', 'TOO_LARGE'] },
          message: { type: 'string' },
          issues: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message'],
              properties: { message: { type: 'string' }, path: { type: 'array', items: { type: ['string', 'integer'] } } },
            },
          },
        },
      },
    },
  },
};

const GATEWAY_ERROR = {
  name: 'gatewayError',
  title: 'Error of API Gateway',
  summary: 'What API Gateway sends if a message has no route, does not fit its model, is throttled, or if its integration fails.',
  payload: {
    type: 'object',
    required: ['message', 'connectionId', 'requestId'],
    properties: {
      message: { type: 'string', examples: ['Internal server error', 'Forbidden', 'Bad request body', 'Too Many Requests'] },
      connectionId: { type: 'string' },
      requestId: { type: 'string' },
    },
  },
};
