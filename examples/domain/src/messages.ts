import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

// https://ws.example.com/chat
const client = new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_CALLBACK_URL });

export async function echo(event: APIGatewayProxyWebsocketEventV2) {
  await client.send(new PostToConnectionCommand({ ConnectionId: event.requestContext.connectionId, Data: event.body! }));
  return { statusCode: 200 };
}
