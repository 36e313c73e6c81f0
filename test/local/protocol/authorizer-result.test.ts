import fc from 'fast-check';
import { readAuthorizerResult } from '../../../lib/local/protocol/authorizer-result';

const methodArn = 'arn:aws:execute-api:eu-central-1:123456789012:aabbccdd/production/$connect';
const policyDocument = { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }] };
const consent = { principalId: 'user-1', policyDocument };
const read = (answer: unknown) => readAuthorizerResult({ ok: true, payload: JSON.stringify(answer) }, methodArn, 21);
const failed = (reason: string) => (
  { allowed: false, status: 500, body: '{"message":null}', errorType: 'AuthorizerConfigurationException', reason }
);

test('3.8: a policy that allows $connect', () => {
  expect(read(consent)).toEqual({ allowed: true, context: { principalId: 'user-1' }, integrationLatency: 21 });
});

test('3.9, 3.13: the context arrives as text, the key beside it', () => {
  expect(read({ ...consent, context: { count: 123, admin: true, name: 'x', none: null }, usageIdentifierKey: 'key' })).toEqual({
    allowed: true,
    context: { count: '123', admin: 'true', name: 'x', principalId: 'user-1' },
    usageIdentifierKey: 'key',
    integrationLatency: 21,
  });
});

test('3.9: the context cannot speak for the principal', () => {
  expect(read({ ...consent, context: { principalId: 'root' } })).toMatchObject({ context: { principalId: 'user-1' } });
});

test('3.9: a context value named __proto__ is one', () => {
  // GIVEN
  const payload = `{"principalId":"u","policyDocument":${JSON.stringify(policyDocument)},"context":{"__proto__":"x"}}`;

  // THEN
  expect(JSON.stringify(readAuthorizerResult({ ok: true, payload }, methodArn, 0)))
    .toBe('{"allowed":true,"context":{"__proto__":"x","principalId":"u"},"integrationLatency":0}');
});

test('3.6: an explicit deny', () => {
  expect(read({ ...consent, policyDocument: { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] } })).toEqual({
    allowed: false,
    status: 403,
    body: '{"Message":"User is not authorized to access this resource with an explicit deny"}',
    errorType: 'AccessDeniedException',
    reason: `the authorizer's policy denies ${methodArn}`,
  });
});

test('3.6: no statement for the route', () => {
  expect(read({ ...consent, policyDocument: { Statement: [] } })).toEqual({
    allowed: false,
    status: 403,
    body: '{"Message":"User is not authorized to access this resource"}',
    errorType: 'AccessDeniedException',
    reason: `the authorizer's policy does not allow ${methodArn}`,
  });
});

test('3.5: the error message "Unauthorized"', () => {
  expect(readAuthorizerResult({ ok: false, kind: 'error', errorType: 'Error', errorMessage: 'Unauthorized' }, methodArn, 1)).toEqual({
    allowed: false,
    status: 401,
    body: '{"message":"Unauthorized"}',
    errorType: 'UnauthorizedException',
    reason: 'the authorizer failed with the message "Unauthorized"',
  });
});

test.each([
  ['error', 'Error', 'unauthorized', 'the authorizer failed: Error: unauthorized'],
  ['error', 'TypeError', 'no\n token', 'the authorizer failed: TypeError: no token'],
  ['timeout', 'Sandbox.Timedout', 'Task timed out', 'the authorizer failed: Sandbox.Timedout: Task timed out'],
  ['init', 'Runtime.ImportModuleError', 'Unauthorized', 'the authorizer failed: Runtime.ImportModuleError: Unauthorized'],
])('3.7: %s %s %j', (kind, errorType, errorMessage, reason) => {
  expect(readAuthorizerResult({ ok: false, kind, errorType, errorMessage }, methodArn, 1)).toEqual(failed(reason));
});

test.each([
  [null, 'the authorizer did not return an object with principalId and policyDocument'],
  ['Unauthorized', 'the authorizer did not return an object with principalId and policyDocument'],
  [{ isAuthorized: true }, 'the authorizer returned no principalId, which must be a string'],
  [{ policyDocument }, 'the authorizer returned no principalId, which must be a string'],
  [{ principalId: 'u' }, 'the authorizer returned no policyDocument, which must be an object'],
  [{ ...consent, policyDocument: { Statement: 'x' } }, 'statement 1 of policyDocument is not an object'],
  [{ ...consent, context: 'x' }, 'the context of the authorizer is not an object'],
  [{ ...consent, context: { roles: ['a'] } }, 'the authorizer\'s context has "roles", which must be a string, a number or a boolean'],
  [{ ...consent, context: { user: {} } }, 'the authorizer\'s context has "user", which must be a string, a number or a boolean'],
])('3.7, 3.8: %j is no answer', (answer, reason) => {
  expect(read(answer)).toEqual(failed(reason));
});

test('3.7: at most 8 KB, in bytes', () => {
  // GIVEN
  const answer = (length: number) => ({ ...consent, context: { text: 'ä'.repeat(length) } });
  const bytes = Buffer.byteLength(JSON.stringify(answer(4096)));

  // THEN
  expect(read(answer(3900))).toMatchObject({ allowed: true });
  expect(read(answer(4096))).toEqual(failed(`the authorizer returned ${bytes} bytes; at most 8192 are allowed`));
});

test('3.5, 3.6, 3.7: no answer throws, and every refusal says why in one line', () => {
  const near = fc.record({ principalId: fc.jsonValue(), policyDocument: fc.jsonValue(), context: fc.jsonValue() }, { requiredKeys: [] });
  const payload = fc.oneof(fc.string(), fc.json(), near.map((answer) => JSON.stringify(answer)));
  fc.assert(fc.property(payload, fc.string(), (text, errorMessage) => {
    for (const result of [{ ok: true, payload: text } as const, { ok: false, kind: 'error', errorType: 'Error', errorMessage } as const]) {
      expect(readAuthorizerResult(result, methodArn, 1)).toMatchObject({ allowed: false, reason: expect.stringMatching(/^.+$/) });
    }
  }));
});
