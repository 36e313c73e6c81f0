/** The subprotocol that `$connect` selects. */
const { SUBPROTOCOL = '' } = process.env;

interface ConnectEvent {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/**
 * Accepts every client, and selects the subprotocol for clients that offer it: browsers would otherwise close the connection.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
 */
export async function handler(event: ConnectEvent): Promise<object> {
  const header = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1] ?? '';
  const isOffered = header.split(',').some((offered) => offered.trim() === SUBPROTOCOL);
  return isOffered ? { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } } : { statusCode: 200 };
}
