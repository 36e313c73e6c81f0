import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketModel, WebsocketService } from '../../lib';
import { Gateway, GatewayEvent, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction } from '../_helpers/quick-app';
import { TestClient, until } from './_helpers/local-server';

const ECHO = 'exports.handler = async (event) => ({ statusCode: 200, body: "got " + event.body });';

let folder: AppFolder;
let gateway: Gateway;
const events: GatewayEvent[] = [];

/** One model in a file, two that a message selects from, one for all the rest, and a `$connect` with parameters. */
function synthesizeService(): string {
  const app = new App({ outdir: path.join(folder.path, 'cdk.out') });
  const stack = new Stack(app, 'Test');
  const target = { function: inlineFunction(stack, 'Echo', { code: lambda.Code.fromInline(ECHO) }) };
  const text = WebsocketModel.fromFile('schemas/send-message.json');
  const image = WebsocketModel.fromSchema({ required: ['url'], properties: { url: { type: 'string', pattern: '^https:' } } });
  new WebsocketService(stack, 'Chat', {
    routes: {
      $connect: { ...target, requestParameters: { 'route.request.querystring.room': true, 'route.request.querystring.colour': false } },
      send: { ...target, returnResponse: true, requestModel: text },
      post: {
        ...target,
        returnResponse: true,
        requestModels: { text, image },
        modelSelectionExpression: '$request.body.type',
        operationName: 'Post',
        responseModels: { $default: WebsocketModel.fromSchema({ type: 'string' }) },
      },
      any: {
        ...target, returnResponse: true, requestModels: { image, $default: text }, modelSelectionExpression: '${request.body.type}',
      },
    },
    authorizer: ConnectAuthorizer.none(),
  });
  return app.synth().directory;
}

beforeAll(async () => {
  folder = new AppFolder({
    'schemas/send-message.json': JSON.stringify({
      $schema: 'http://json-schema.org/draft-04/schema#',
      title: 'text',
      type: 'object',
      required: ['text'],
      properties: { text: { $ref: '#/definitions/line' }, size: { type: 'number', minimum: 0, exclusiveMinimum: true } },
      definitions: { line: { type: 'string', minLength: 1 } },
    }),
  });
  gateway = await startGateway({ directory: folder.path, app: synthesizeService(), onEvent: (event) => events.push(event) });
});
afterAll(async () => {
  await gateway.close();
  folder.leave();
});

describe('messages', () => {
  let client: TestClient;
  beforeAll(async () => { client = await TestClient.open(`${gateway.url}?room=lobby`); });
  afterAll(() => client.close());

  test.each<[string, object]>([
    ['one model', { action: 'send', text: 'hello', size: 1 }],
    ['the model that the message selects', { action: 'post', type: 'text', text: 'hello' }],
    ['another one', { action: 'post', type: 'image', url: 'https://example.com/a.png' }],
    ['the model for all the rest', { action: 'any', type: 'letter', text: 'hello' }],
    ['a model beside that', { action: 'any', type: 'image', url: 'https://example.com/a.png' }],
  ])('4.4.6, 5.4.1: pass that fit %s', async (_, message) => {
    expect(await client.ask(message)).toBe(`got ${JSON.stringify(message)}`);
  });

  test.each<[string, object, string]>([
    ['one model', { action: 'send' }, "the message does not fit the model Text: $ must have required property 'text'"],
    ['a definition of the model', { action: 'send', text: '' }, 'the message does not fit the model Text: $/text must NOT have fewer than 1 characters'],
    ['a bound of draft-04', { action: 'send', text: 'a', size: 0 }, 'the message does not fit the model Text: $/size must be > 0'],
    ['the model that the message selects', { action: 'post', type: 'image', url: 'http://example.com' },
      'the message does not fit the model AnyImage: $/url must match pattern "^https:"'],
    ['the model for all the rest', { action: 'any', type: 'letter' }, "the message does not fit the model Text: $ must have required property 'text'"],
    ['no model', { action: 'post', type: 'letter', text: 'hello' },
      'the model selection expression gives "letter", for which the route has no model (it has image, text)'],
  ])('4.4.6, 5.4.1: are answered with Invalid request body if they do not fit %s', async (_, message, reason) => {
    // WHEN
    events.length = 0;
    const frame = await client.ask(message);

    // THEN
    expect(frame).toMatch(/^\{"message": "Invalid request body", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/);
    await until(() => events.some(({ type }) => type === 'message'));
    expect(events.find(({ type }) => type === 'message')).toMatchObject({ reason });
  });
});

test('5.4.2: a handshake without the required parameter is refused', async () => {
  expect(await TestClient.refusal(`${gateway.url}?colour=red`)).toMatchObject({
    status: 400, body: '{"message":"Missing required request parameters: [room]"}',
  });
});
