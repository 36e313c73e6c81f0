import * as http from 'http';
import * as https from 'https';
import { isRecord, JsonObject, parsedJson, textAt } from '../protocol/json';

/** Where and as whom the gateway calls a DynamoDB that is not AWS's. */
export interface Caller {
  readonly endpoint: URL;
  /** DynamoDB Local keeps a set of tables for each access key and region, unless it is told to share them. */
  readonly accessKeyId: string;
}

/** The answer to a call. */
export interface Answer {
  readonly body: JsonObject;
  /** The name of the error, if it is one: `ResourceInUseException`. */
  readonly error?: string;
  readonly message: string;
}

const PATIENCE = 10_000;
/** Bytes of an answer. */
const MOST_BYTES = 1_000_000;

/** Calls an operation. Rejects if nobody answers. */
export function call({ endpoint, accessKeyId }: Caller, operation: string, region: string, input: JsonObject): Promise<Answer> {
  const body = JSON.stringify(input);
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${accessKeyId}/${date.slice(0, 8)}/${region}/dynamodb/aws4_request`;
  const client = endpoint.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = client.request(endpoint, {
      method: 'POST',
      agent: false,
      timeout: PATIENCE,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': date,
        // A signature in form only: a stand-in needs no more, and AWS refuses it, so that no table is ever made there.
        'authorization': `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      },
    });
    request.on('timeout', () => request.destroy(new Error('timed out')));
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_BYTES) request.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, text)));
    });
    request.end(body);
  });
}

function answerOf(status: number, text: string): Answer {
  const parsed = parsedJson(text);
  const body = isRecord(parsed) ? parsed : {};
  if (status === 200 && isRecord(parsed)) return { body, message: '' };
  const type = textAt(body, '__type')?.replace(/^.*#/, '');
  return { body, error: type ?? `HTTP ${status}`, message: textAt(body, 'message') ?? textAt(body, 'Message') ?? '' };
}
