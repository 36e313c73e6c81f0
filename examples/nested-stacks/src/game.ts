import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function connect() {
  return { statusCode: 200 };
}

export async function move(event: APIGatewayProxyWebsocketEventV2) {
  const { to } = JSON.parse(event.body!);
  return { statusCode: 200, body: JSON.stringify({ moved: to }) };
}

export async function resign() {
  return { statusCode: 200, body: JSON.stringify({ over: true }) };
}
