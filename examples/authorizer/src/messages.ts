import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function send(event: APIGatewayProxyWebsocketEventV2) {
  const { text } = JSON.parse(event.body ?? '{}');
  const endpoint = JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS!)[event.requestContext.stage];
  const client = new ApiGatewayManagementApiClient({ endpoint });
  await client.send(new PostToConnectionCommand({
    ConnectionId: event.requestContext.connectionId,
    Data: JSON.stringify({ text }),
  }));
  return { statusCode: 200 };
}

export async function fallback() {
  return { statusCode: 200 };
}
