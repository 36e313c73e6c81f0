import { LIMITS } from '../../../lib/local/protocol/limits';

test('1.1.8, 3.7, 4.4.5, 7.1, 7.2.1, 7.2.2, 7.2.3: the quotas of AWS, in bytes and milliseconds', () => {
  expect(LIMITS).toEqual({
    frameBytes: 32 * 1024,
    messageBytes: 128 * 1024,
    idleMs: 10 * 60 * 1000,
    durationMs: 2 * 60 * 60 * 1000,
    integrationTimeoutMs: 29_000,
    urlLength: 4096,
    authorizerResultBytes: 8 * 1024,
  });
});
