import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function order(event: APIGatewayProxyWebsocketEventV2) {
  const { article } = JSON.parse(event.body!);
  return { statusCode: 200, body: JSON.stringify({ ordered: article }) };
}
