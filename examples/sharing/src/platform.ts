import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function connect() {
  return { statusCode: 200 };
}

export async function unknown(event: APIGatewayProxyWebsocketEventV2) {
  return { statusCode: 200, body: JSON.stringify({ error: 'unknown message', requestId: event.requestContext.requestId }) };
}
