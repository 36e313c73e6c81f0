import type { APIGatewayProxyEventHeaders } from 'aws-lambda';

/** A `$connect` of your own: pages of this site alone, and the answer that a browser waits for. */
export async function connect({ headers }: { headers: APIGatewayProxyEventHeaders }) {
  if (headers.Origin !== 'https://chat.example.com') return { statusCode: 403 };
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'bearer' } };
}
