import { ApiGatewayManagementApiClient, GoneException, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

/** join: tells a client the id under which others reach it. */
export async function join({ requestContext }: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  return answer({ joined: requestContext.connectionId });
}

/** say: passes a text on to another client. */
export async function say(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  const endpoint = JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS!)[event.requestContext.stage];
  const client = new ApiGatewayManagementApiClient({ endpoint });
  const { to, text } = JSON.parse(event.body ?? '{}') as { to: string; text: string };
  try {
    await client.send(new PostToConnectionCommand({ ConnectionId: to, Data: JSON.stringify({ from: event.requestContext.connectionId, text }) }));
    return answer({ said: text });
  } catch (error) {
    if (error instanceof GoneException) return answer({ gone: to });
    throw error;
  }
}

/** $default: whatever else a client writes. */
export async function help(): Promise<APIGatewayProxyResultV2> {
  return answer({ help: 'write { "action": "join" } or { "action": "say", "to": "<id>", "text": "..." }' });
}

function answer(message: object): APIGatewayProxyResultV2 {
  return { statusCode: 200, body: JSON.stringify(message) };
}
