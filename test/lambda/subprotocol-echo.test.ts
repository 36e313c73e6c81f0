import { LambdaProcess } from './_helpers/lambda-process';

let lambda: LambdaProcess;
beforeAll(() => { lambda = new LambdaProcess('subprotocol-echo', { SUBPROTOCOL: 'bearer' }); });
afterAll(() => lambda.end());

const SELECTED = { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'bearer' } };

test.each<[string, object, object]>([
  ['an offer of it and a token', { headers: { 'Sec-WebSocket-Protocol': 'bearer, e30.e30.e30' } }, SELECTED],
  ['an offer in other letters', { headers: { 'sec-websocket-protocol': 'e30.e30.e30,bearer' } }, SELECTED],
  ['another offer', { headers: { 'Sec-WebSocket-Protocol': 'bearers, Bearer' } }, { statusCode: 200 }],
  ['no offer', { headers: {} }, { statusCode: 200 }],
  ['no headers', {}, { statusCode: 200 }],
])('%s', async (_kind, event, expected) => {
  expect((await lambda.invoke(event)).result).toEqual(expected);
});
