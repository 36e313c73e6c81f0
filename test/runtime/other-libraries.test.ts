import { execFileSync } from 'child_process';
import * as path from 'path';
import { pathToFileURL } from 'url';
import { connectEvent, messageEvent } from './_helpers/events';

const RUNTIME = path.join(__dirname, '..', '..', 'lib', 'runtime');

/** What a process returns in which both copies of the runtime are loaded, by `import` and by `require`. */
function run(code: string, ...given: unknown[]): unknown {
  const script = `
    import { createRequire } from 'node:module';
    const runtime = await import(${JSON.stringify(pathToFileURL(path.join(RUNTIME, 'index.mjs')).href)});
    const { invoked, tracked } = await import(${JSON.stringify(pathToFileURL(path.join(RUNTIME, 'tracked.mjs')).href)});
    const required = createRequire(${JSON.stringify(path.join(RUNTIME, 'index.js'))})(${JSON.stringify(path.join(RUNTIME, 'index.js'))});
    const given = ${JSON.stringify(given)};
    const context = { functionName: 'chat', getRemainingTimeInMillis: () => 3000 };
    console.error = console.warn = () => undefined;
    process.stdout.write = ((write) => function (text) { return text.includes('"_aws"') || write.call(this, text); })(process.stdout.write);
    ${code}`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: path.join(RUNTIME, '..', '..'), encoding: 'utf8', env: { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  });
  return JSON.parse(printed.trimEnd().split('\n').pop()!);
}

test('schemas of arktype, which are functions, and of valibot', () => {
  const replies = run(`
    const { type } = await import('arktype');
    const v = await import('valibot');
    const schemas = [
      type({ '+': 'reject', text: 'string' }), v.strictObject({ text: v.string() }),
    ];
    const replies = [];
    for (const schema of schemas) {
      const handler = runtime.onMessage(schema, ({ body }) => body);
      for (const event of given) replies.push(JSON.parse((await handler(event, context)).body));
    }
    console.log(JSON.stringify(replies));`, messageEvent({ id: 1, text: 'hi' }), messageEvent({ id: 2, text: 1 }));

  const ok = { id: 1, data: { text: 'hi' } };
  const refused = (message: string): object => (
    { id: 2, error: { code: 'INVALID_BODY', message: 'the message is invalid', issues: [{ message, path: ['text'] }] } }
  );
  expect(replies).toEqual([
    ok, refused('text must be a string (was a number)'), ok, refused('Invalid type: Expected string but received 1'),
  ]);
});

test('middy and Powertools work beside our handlers and around them', () => {
  const answers = run(`
    const { default: middy } = await import('@middy/core');
    const { Logger } = await import('@aws-lambda-powertools/logger');
    const { injectLambdaContext } = await import('@aws-lambda-powertools/logger/middleware');
    const order = [];
    const around = { before: () => { order.push('before'); }, after: () => { order.push('after'); } };
    const logger = new Logger({ logLevel: 'SILENT' });
    const handler = runtime.routes({
      $connect: middy(runtime.onConnect(() => runtime.accept())).use(around),
      raw: middy(async () => ({ statusCode: 201 })).use(injectLambdaContext(logger)).use(around),
      $default: runtime.onMessage(() => 'ours'),
    });
    const answers = [];
    for (const event of given) answers.push(await handler(event, context));
    console.log(JSON.stringify([...answers, order]));`,
  connectEvent(), messageEvent({}, { routeKey: 'raw' }), messageEvent({ id: 1 }));

  expect(answers).toEqual([
    { statusCode: 200 }, { statusCode: 201 }, { statusCode: 200, body: '{"id":1,"data":"ours"}' }, ['before', 'after', 'before', 'after'],
  ]);
});

test.each<[string, string]>([
  ['middy', 'middy(async () => connection("b").send("hi"))'], ['a callback', '(event, context, callback) => { connection("b").send("hi").then((sent) => callback(null, sent)); }'],
])('a raw handler sends to its own stage, until its own deadline: %s', (_, handler) => {
  const answers = run(`
    const http = await import('node:http');
    const { default: middy } = await import('@middy/core');
    const { connection } = required;
    const paths = new Set();
    const server = http.createServer((request, response) => {
      paths.add(request.url);
      request.resume().on('end', () => { response.statusCode = 429; response.end('{}'); });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = 'http://127.0.0.1:' + server.address().port;
    Object.assign(process.env, {
      WEBSOCKET_CALLBACK_URL: url + '/first', WEBSOCKET_CALLBACK_URLS: JSON.stringify({ first: url + '/first', prod: url + '/prod' }),
      AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret',
    });
    const handler = invoked(${handler});
    const sent = await new Promise((resolve, reject) => {
      const result = handler(given[0], { ...context, getRemainingTimeInMillis: () => 700 }, (error, value) => (error ? reject(error) : resolve(value)));
      result?.then(resolve, reject);
    });
    server.closeAllConnections();
    server.close();
    console.log(JSON.stringify([sent.failed.map(({ code }) => code), [...paths]]));`, messageEvent({}));

  expect(answers).toEqual([['THROTTLED'], ['/prod/@connections/b']]);
});

test('the two copies of the runtime know the errors, the invocation and the tracking of each other', () => {
  const answers = run(`
    const http = await import('node:http');
    const calls = [];
    const server = http.createServer((request, response) => {
      calls.push(request.headers['x-amz-target']);
      request.resume().on('end', () => response.end('{}'));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:' + server.address().port, AWS_REGION: 'eu-west-1', WEBSOCKET_STORE: '{"table":"Chat"}',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret',
    });
    const closed = runtime.onMessage(() => { throw new required.WebsocketError('ROOM_CLOSED', 'until Monday'); });
    const handler = tracked(required.onConnect(() => required.reject(403)));
    const answers = [await closed(given[0], context), await handler(given[1], context)];
    server.closeAllConnections();
    server.close();
    console.log(JSON.stringify([...answers, calls, runtime.WebsocketError === required.WebsocketError]));`,
  messageEvent({ id: 1 }), connectEvent());

  expect(answers).toEqual([
    { statusCode: 200, body: '{"id":1,"error":{"code":"ROOM_CLOSED","message":"until Monday"}}' },
    { statusCode: 403 },
    // Written once, and removed once.
    ['DynamoDB_20120810.PutItem', 'DynamoDB_20120810.UpdateItem', 'DynamoDB_20120810.DeleteItem'],
    false,
  ]);
});
