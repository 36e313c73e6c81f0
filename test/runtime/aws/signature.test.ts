import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { Credentials, encoded, hashOf, sign, Signable } from '../../../lib/runtime/aws/signature';
import { Sha256 } from '../_helpers/fake-aws';

interface Sample {
  readonly method: string;
  readonly host: string;
  readonly stage: string;
  readonly id: string;
  readonly body: string | Uint8Array;
  readonly credentials: Credentials;
  readonly region: string;
  readonly service: string;
  readonly time: Date;
  readonly headers: Record<string, string>;
}

const ODD = '=+/%!\'()*$&@:;,?#[]~ -._"<>\\^`{|}äß漢😀\u0000\u007f';
const odd = fc.oneof(
  fc.string({ unit: fc.constantFrom(...ODD, ...'abcXYZ019'), maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('PJqB0fHsqRcCHlw=', 'dtHwuFWODoECI7w=', '.', '..', '', 'a/../b', '//', '%3D', '%253D', '@connections'),
);
const host = fc.oneof(
  fc.constantFrom(
    'abc123.execute-api.eu-central-1.amazonaws.com', 'abc123.execute-api.eu-central-1.api.aws', 'abc.execute-api.cn-north-1.amazonaws.com.cn',
    'ws.example.com', 'ws.example.com:8443', 'localhost:3001', '127.0.0.1:65535', '[::1]:3001', '[fd00:ec2::23]',
    'vpce-0123-abcd.execute-api.us-east-1.vpce.amazonaws.com',
  ),
  fc.domain(),
);
const samples: fc.Arbitrary<Sample> = fc.record({
  method: fc.constantFrom('POST', 'GET', 'DELETE'),
  host,
  stage: odd,
  id: odd,
  body: fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 200 })),
  credentials: fc.record({
    accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
    secretAccessKey: fc.base64String({ minLength: 1 }),
    sessionToken: fc.option(fc.base64String({ minLength: 100, maxLength: 900 }), { nil: undefined }),
  }, { requiredKeys: ['accessKeyId', 'secretAccessKey'] }),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'),
  service: fc.constantFrom('execute-api', 'dynamodb', 'lambda'),
  time: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  headers: fc.constantFrom<Record<string, string>[]>({}, { 'x-amz-target': 'DynamoDB_20120810.PutItem' }, { 'x-amz-invocation-type': 'Event' }, { 'x-amz-meta': '  a   b\t c ' }),
});

test('a signature is that of the SDK, for any id, stage, host, body, token and time', async () => {
  await fc.assert(fc.asyncProperty(samples, async (sample) => {
    // GIVEN
    const path = `${wirePath(sample.stage)}/@connections/${encoded(sample.id)}`;

    // WHEN
    const ours = signedByUs({ ...sample, path, hash: hashOf(sample.body) }, sample);

    // THEN
    expect(ours).toEqual(await signedBySdk(sample, path));
  }), { numRuns: 2_000 });
});

test('a service is asked at its root, or at a path of the local gateway', async () => {
  const [sample] = fc.sample(samples, { numRuns: 1, seed: 1 });
  for (const path of ['/', '/.aws/dynamodb/', '/.aws//lambda/', '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af/invocations']) {
    const ours = signedByUs({ ...sample, path, hash: hashOf(sample.body) }, sample);
    expect(ours).toEqual(await signedBySdk(sample, path));
  }
});

test('a signing key is that of its day, region and service', async () => {
  const [sample] = fc.sample(samples, { numRuns: 1, seed: 2 });
  for (const time of ['2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z', '2026-12-31T23:59:59.000Z']) {
    for (const region of ['eu-west-1', 'eu-west-2']) {
      const varied = { ...sample, region, time: new Date(time) };
      const ours = signedByUs({ ...varied, path: '/', hash: hashOf(varied.body) }, varied);
      expect(ours).toEqual(await signedBySdk(varied, '/'));
    }
  }
});

/** The headers as an object. */
function signedByUs(request: Signable, { credentials, time }: Sample): object {
  const list = sign(request, credentials, time.getTime());
  return Object.fromEntries(Array.from({ length: list.length / 2 }, (_, index) => [list[2 * index], list[2 * index + 1]]));
}

/** As the callback URL has it: what `URL` leaves alone is not encoded. */
function wirePath(stage: string): string {
  return new URL(`https://x/${stage.replace(/[?#]/g, '')}`).pathname.replace(/\/+$/, '');
}

async function signedBySdk({ method, host: hostname, headers, body, credentials, region, service, time }: Sample, path: string): Promise<object> {
  const signer = new SignatureV4({ sha256: Sha256, credentials, region, service, applyChecksum: false });
  const signed = await signer.sign({ method, protocol: 'https:', hostname, path, headers: { host: hostname, ...headers }, body, query: {} }, { signingDate: time });
  return signed.headers;
}
