import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

/** Only events of $connect have headers, and the type of @types/aws-lambda leaves them out. */
interface ConnectionEvent extends APIGatewayProxyWebsocketEventV2 {
  readonly headers?: Record<string, string>;
}

/** $connect and $disconnect: refuses clients without the token. */
export async function connectionHandler(event: ConnectionEvent): Promise<APIGatewayProxyResultV2> {
  if (event.requestContext.routeKey === '$connect' && event.headers?.token !== 'abc') {
    console.log('Connection blocked');
    return { statusCode: 500 };
  }
  console.log('Connection ok');
  return { statusCode: 200 };
}

/** $default: sends the whole event back to the client that wrote the message. */
export async function defaultHandler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  await sendMessageToClient(event, event);
  return { statusCode: 200 };
}

/** The custom route foo: messages whose body has "action": "foo". */
export async function fooHandler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  await sendMessageToClient(event, { message: 'foo received' });
  return { statusCode: 200 };
}

async function sendMessageToClient(event: APIGatewayProxyWebsocketEventV2, payload: unknown): Promise<void> {
  const endpoint = JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS!)[event.requestContext.stage];
  const client = new ApiGatewayManagementApiClient({ endpoint });
  await client.send(new PostToConnectionCommand({ ConnectionId: event.requestContext.connectionId, Data: JSON.stringify(payload) }));
}
