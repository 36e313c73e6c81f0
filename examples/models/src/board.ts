import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function connect() {
  return { statusCode: 200 };
}

/** Gets only messages that fit schemas/send-message.json. */
export async function send(event: APIGatewayProxyWebsocketEventV2) {
  const { text } = JSON.parse(event.body!);
  return { statusCode: 200, body: JSON.stringify({ sent: text }) };
}

/** Gets only circles with a radius and squares with a side. */
export async function draw(event: APIGatewayProxyWebsocketEventV2) {
  const { shape, radius, side } = JSON.parse(event.body!);
  const area = shape === 'circle' ? Math.PI * radius ** 2 : side ** 2;
  return { statusCode: 200, body: JSON.stringify({ shape, area }) };
}
