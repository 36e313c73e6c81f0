import { invokeEvent } from '../../../lib/runtime/aws/lambda';
import { failure, FakeAws } from '../_helpers/fake-aws';
import { within } from '../_helpers/within';

let aws: FakeAws;
const environment = { ...process.env };

beforeAll(async () => aws = await FakeAws.start());
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  process.env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_LAMBDA: aws.url,
    WEBSOCKET_STORE: JSON.stringify({ table: 'store' }),
  };
});
afterEach(() => process.env = environment);

test.each([['chat-fan-out', 'chat-fan-out'], ['arn:aws:lambda:eu-west-1:1:function:f', 'arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af']])(
  '%s is invoked asynchronously', async (name, segment) => {
    aws.answer = () => ({ status: 202 });

    await invokeEvent(name, '{"a":"ä"}');

    expect(aws.arrived[0]).toMatchObject({
      method: 'POST', path: `/2015-03-31/functions/${segment}/invocations`, headers: { 'x-amz-invocation-type': 'Event' }, body: Buffer.from('{"a":"ä"}'),
    });
  });

test('429 and 5xx are tried again', async () => {
  aws.answer = (_, index) => [failure(429, 'TooManyRequestsException', 'Rate Exceeded.'), { status: 500 }, { status: 202 }][index];

  await invokeEvent('f', '{}');

  expect(aws.arrived).toHaveLength(3);
});

test.each([
  [failure(403, 'AccessDeniedException', 'User: arn:x is not authorized'), 'FORBIDDEN', '403 AccessDeniedException User: arn:x is not authorized'],
  [{ status: 404, body: '{"Message":"Function not found"}' }, 'CONFIGURATION', '404 Function not found'],
  [failure(429, 'TooManyRequestsException', 'Rate Exceeded.'), 'THROTTLED', '429 TooManyRequestsException Rate Exceeded.'],
  [{ status: 500 }, 'TIMEOUT', '500'],
])('%j is %s', async (answer, code, text) => {
  aws.answer = () => answer;

  await expect(within(200, () => invokeEvent('f', '{}'))).rejects.toMatchObject({ code, message: `the invocation of f answered ${text}` });
});
