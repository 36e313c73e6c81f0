import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import fc from 'fast-check';
import { iamIdentity, iamSignatureError } from '../../../lib/local/protocol/iam-signature';

const credential = 'AKIAIOSFODNN7EXAMPLE/20231129/eu-central-1/execute-api/aws4_request';
const signature = 'a'.repeat(64);
const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
const query = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': credential,
  'X-Amz-Date': '20231129T080401Z',
  'X-Amz-Security-Token': 'token',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': signature,
};
const now = Date.UTC(2023, 10, 29, 8, 4, 31);

test('3.12: a signature in the headers', () => {
  expect(iamSignatureError({ 'Authorization': authorization, 'X-Amz-Date': '20231129T080401Z' }, {}, now)).toBeUndefined();
});

test('3.12: a signature in the query string', () => {
  expect(iamSignatureError({}, query, now)).toBeUndefined();
  expect(iamSignatureError({}, { ...query, 'X-Amz-Expires': '60' }, now)).toBeUndefined();
});

test('6.1, 6.10: the SDK\'s own signature', async () => {
  // GIVEN
  let headers: Record<string, string> = {};
  const client = new ApiGatewayManagementApiClient({
    endpoint: 'https://localhost:3001/production',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { headers: Record<string, string> }) => {
        headers = request.headers;
        throw new Error('sent');
      },
    },
  });

  // WHEN
  await expect(client.send(new PostToConnectionCommand({ ConnectionId: 'PJqB0fHsqRcCHlw=', Data: 'x' }))).rejects.toThrow('sent');

  // THEN
  expect(iamSignatureError(headers, {})).toBeUndefined();
  expect(iamIdentity(headers, {}, { account: '123456789012', partition: 'aws' })).toHaveProperty('accessKey', 'AKIAIOSFODNN7EXAMPLE');
});

test.each([
  [{}, 'the request is not signed: it has neither an Authorization header nor X-Amz-Algorithm in its query string'],
  [{ authorization: 'Bearer x' }, 'the Authorization header does not start with AWS4-HMAC-SHA256'],
  [{ authorization: 'AWS4-HMAC-SHA256 x' }, 'the credential of the signature is not <access key>/<date>/<region>/execute-api/aws4_request'],
  [{ authorization: authorization.replace('execute-api', 's3') }, 'the signature is for the service s3, not for execute-api'],
  [{ authorization: authorization.replace('host;', '') }, 'the signature does not cover the header host'],
  [{ authorization: authorization.replace('aaaa', '') }, 'the signature is not 64 hexadecimal digits'],
])('3.12, 6.10: %j is not a signature', (headers, expected) => {
  expect(iamSignatureError(headers, {}, now)).toBe(expected);
});

test.each([
  [{ 'X-Amz-Algorithm': 'AWS4' }, 'X-Amz-Algorithm is not AWS4-HMAC-SHA256'],
  [{ 'X-Amz-Credential': 'AKIA' }, 'the credential of the signature is not <access key>/<date>/<region>/execute-api/aws4_request'],
  [{ 'X-Amz-Expires': '29' }, 'the signature expired: it was made 20231129T080401Z for 29 s'],
  [{ 'X-Amz-Expires': '604801' }, 'X-Amz-Expires is not a number of seconds, 604800 at most'],
  [{ 'X-Amz-Expires': 'soon' }, 'X-Amz-Expires is not a number of seconds, 604800 at most'],
  [{ 'X-Amz-Expires': '60', 'X-Amz-Date': 'today' }, 'X-Amz-Date is not a date like 20231129T080401Z'],
])('3.12: a query string with %j is refused', (changed, expected) => {
  expect(iamSignatureError({}, { ...query, ...changed }, now)).toBe(expected);
});

test('1.3.5: who signed is known by the access key', () => {
  // GIVEN
  const account = { account: '123456789012', partition: 'aws' };

  // THEN
  expect(iamIdentity({ authorization }, {}, account)).toEqual({
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    accountId: '123456789012',
    caller: 'AKIAIOSFODNN7EXAMPLE',
    user: 'AKIAIOSFODNN7EXAMPLE',
    userArn: 'arn:aws:iam::123456789012:user/AKIAIOSFODNN7EXAMPLE',
  });
  expect(iamIdentity({}, query, account)).toEqual(iamIdentity({ authorization }, {}, account));
  expect(iamIdentity({}, {}, account)).toEqual({});
});

test('3.12: no headers and no query string throw', () => {
  const text = fc.oneof(fc.string(), fc.string().map((end) => `AWS4-HMAC-SHA256 Credential=${end}`));
  const some = fc.dictionary(fc.constantFrom(...Object.keys(query), 'X-Amz-Expires'), fc.string());
  fc.assert(fc.property(text, fc.string(), some, (value, date, parameters) => {
    expect(iamSignatureError({ 'authorization': value, 'x-amz-date': date }, {}, now)).toEqual(expect.any(String));
    expect(['string', 'undefined']).toContain(typeof iamSignatureError({}, { ...query, ...parameters }, now));
    iamIdentity({ authorization: value }, parameters, { account: '1', partition: 'aws' });
  }));
});
