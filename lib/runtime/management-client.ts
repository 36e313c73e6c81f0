import type { Answer } from './aws/answer';
import { optional } from './aws/credentials';

export type Method = 'POST' | 'GET' | 'DELETE';

/** What is used of an `ApiGatewayManagementApiClient`; the SDK's type fits. */
export interface ManagementClient {
  // A method, whose parameters may be of the SDK's types.
  send(command: object, options?: object): Promise<object>;
}

/** Names of the SDK: of the aggregated client's methods, and, with the first letter raised, of its commands. */
const OPERATIONS: Readonly<Record<Method, string>> = { POST: 'postToConnection', GET: 'getConnection', DELETE: 'deleteConnection' };

/** A request to `@connections` through the user's client. */
export async function throughClient(client: ManagementClient, method: Method, id: string, data?: string | Uint8Array): Promise<Answer> {
  const operation = OPERATIONS[method];
  const input = { ConnectionId: id, ...data !== undefined && { Data: data } };
  try {
    const call = (client as unknown as Record<string, unknown>)[operation];
    const result = typeof call === 'function'
      ? await (call as (input: object) => Promise<object>).call(client, input)
      : await client.send(await commandOf(operation, input));
    // The SDK capitalizes the names that the wire has.
    const body = JSON.stringify(result ?? {}).replace(/"[A-Z]\w*":/g, (name) => `"${name[1].toLowerCase()}${name.slice(2)}`);
    return { status: 200, type: '', body };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if (!$metadata?.httpStatusCode) throw error;
    return { status: $metadata.httpStatusCode, type: name, body: JSON.stringify({ message }) };
  }
}

async function commandOf(operation: string, input: object): Promise<object> {
  const sdk = await optional('@aws-sdk/client-apigatewaymanagementapi') as Record<string, new (input: object) => object>;
  return new sdk[`${operation[0].toUpperCase()}${operation.slice(1)}Command`](input);
}
