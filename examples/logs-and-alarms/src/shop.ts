import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function look() {
  return { statusCode: 200, body: JSON.stringify({ articles: ['tea', 'coffee'] }) };
}

export async function order(event: APIGatewayProxyWebsocketEventV2) {
  const { article } = JSON.parse(event.body!);
  if (article !== 'tea' && article !== 'coffee') throw new Error(`no such article: ${article}`); // an error in alarms and graphs
  return { statusCode: 200, body: JSON.stringify({ ordered: article }) };
}
