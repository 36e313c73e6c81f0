import type { APIGatewayProxyEventHeaders } from 'aws-lambda';

/** A `$connect` of your own: only pages of this site may connect, and a browser waits for the subprotocol in the answer. */
export async function connect({ headers }: { headers: APIGatewayProxyEventHeaders }) {
  if (headers.Origin !== 'https://chat.example.com') return { statusCode: 403 };
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'bearer' } };
}
