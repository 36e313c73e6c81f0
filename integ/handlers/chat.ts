import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function connect(): Promise<APIGatewayProxyResultV2> {
  return { statusCode: 200 };
}

export async function echo(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  return { statusCode: 200, body: event.body };
}

export async function send(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  const endpoint = JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS!)[event.requestContext.stage];
  const client = new ApiGatewayManagementApiClient({ endpoint });
  await client.send(new PostToConnectionCommand({ ConnectionId: event.requestContext.connectionId, Data: event.body ?? '' }));
  return { statusCode: 200 };
}
