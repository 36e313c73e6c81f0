import { headerValue } from './request';

type Values = Readonly<Record<string, string>>;

/** The parts of a Signature Version 4. */
interface Signature {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  /** Only in query strings. */
  readonly validity?: Validity;
}

interface Validity {
  /** `20231129T080401Z` */
  readonly date: string;
  /** Seconds. */
  readonly expires: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const LONGEST_SECONDS = 604_800;
const CREDENTIAL = /^([^/\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/;

/**
 * What is wrong with the Signature Version 4 of a request, in the headers or (from browsers) in the query string; `undefined` if nothing
 * is (3.12, 6.10). Only its form and, with `X-Amz-Expires`, its age are checked, since the gateway has no secret key.
 *
 * @param headers names in any spelling
 * @param query decoded
 * @param now milliseconds since 1970
 */
export function iamSignatureError(headers: Values, query: Values, now = Date.now()): string | undefined {
  const found = signatureOf(headers, query);
  return typeof found === 'string' ? found : formError(found, 'execute-api', now);
}

/** What is wrong with the form of the Signature Version 4 in the header `Authorization` of a call of an AWS service. */
export function callSignatureError(authorization: string | undefined, service: string): string | undefined {
  if (authorization === undefined) return 'the request is not signed: it has no Authorization header';
  const found = headerSignature(authorization);
  return typeof found === 'string' ? found : formError(found, service);
}

/**
 * The members of `requestContext.identity` for a signed request (1.3.5). The access key, which is all that the request contains, stands
 * for the names that only AWS knows. Empty without a signature.
 */
export function iamIdentity(headers: Values, query: Values, account: { readonly account: string; readonly partition: string }): Values {
  const found = signatureOf(headers, query);
  const accessKey = typeof found === 'string' ? undefined : CREDENTIAL.exec(found.credential)?.[1];
  if (accessKey === undefined) return {};
  return {
    accessKey,
    accountId: account.account,
    caller: accessKey,
    user: accessKey,
    userArn: `arn:${account.partition}:iam::${account.account}:user/${accessKey}`,
  };
}

/** The signature, or why there is none. */
function signatureOf(headers: Values, query: Values): Signature | string {
  const authorization = headerValue(headers, 'authorization');
  if (authorization !== undefined) return headerSignature(authorization);
  const algorithm = parameter(query, 'X-Amz-Algorithm');
  if (algorithm === undefined) {
    return 'the request is not signed: it has neither an Authorization header nor X-Amz-Algorithm in its query string';
  }
  if (algorithm !== ALGORITHM) return `X-Amz-Algorithm is not ${ALGORITHM}`;
  return {
    credential: parameter(query, 'X-Amz-Credential') ?? '',
    signedHeaders: parameter(query, 'X-Amz-SignedHeaders') ?? '',
    signature: parameter(query, 'X-Amz-Signature') ?? '',
    validity: validityOf(query),
  };
}

/** What SDKs send. */
const USUAL = /^AWS4-HMAC-SHA256 Credential=([^,=\s]+), ?SignedHeaders=([^,=\s]+), ?Signature=([^,=\s]+)$/;

function headerSignature(authorization: string): Signature | string {
  const [, credential, signedHeaders, signature] = USUAL.exec(authorization) ?? [];
  if (credential !== undefined) return { credential, signedHeaders, signature };
  if (!authorization.startsWith(`${ALGORITHM} `)) return `the Authorization header does not start with ${ALGORITHM}`;
  const parts = new Map(authorization.slice(ALGORITHM.length).split(',').map((part) => {
    const mark = part.indexOf('=');
    return [part.slice(0, mark).trim(), part.slice(mark + 1).trim()];
  }));
  return {
    credential: parts.get('Credential') ?? '',
    signedHeaders: parts.get('SignedHeaders') ?? '',
    signature: parts.get('Signature') ?? '',
  };
}

function formError({ credential, signedHeaders, signature, validity }: Signature, wanted: string, now = Date.now()): string | undefined {
  const [, , day, , service] = CREDENTIAL.exec(credential) ?? [];
  if (day === undefined) return `the credential of the signature is not <access key>/<date>/<region>/${wanted}/aws4_request`;
  if (service !== wanted) return `the signature is for the service ${service}, not for ${wanted}`;
  if (!signedHeaders.toLowerCase().split(';').includes('host')) return 'the signature does not cover the header host';
  if (!/^[0-9a-f]{64}$/.test(signature)) return 'the signature is not 64 hexadecimal digits';
  return validity && ageError(validity, now);
}

function ageError({ date, expires }: Validity, now: number): string | undefined {
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(signedAt)) return 'X-Amz-Date is not a date like 20231129T080401Z';
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > LONGEST_SECONDS) return 'X-Amz-Expires is not a number of seconds, 604800 at most';
  return signedAt + Number(expires) * 1000 < now ? `the signature expired: it was made ${date} for ${expires} s` : undefined;
}

function validityOf(query: Values): Validity | undefined {
  const expires = parameter(query, 'X-Amz-Expires');
  return expires === undefined ? undefined : { date: parameter(query, 'X-Amz-Date') ?? '', expires };
}

function parameter(query: Values, name: string): string | undefined {
  return Object.hasOwn(query, name) ? query[name] : undefined;
}
