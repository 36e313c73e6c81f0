import { ApiGatewayManagementApiClient, GoneException, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

/** join: answers with the id by which other clients reach this one. */
export async function join({ requestContext }: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  return answer({ joined: requestContext.connectionId });
}

/** say: sends a text to another client. */
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

/** $default: answers all other messages with the ones that work. */
export async function help(): Promise<APIGatewayProxyResultV2> {
  return answer({ help: 'write { "action": "join" } or { "action": "say", "to": "<id>", "text": "..." }' });
}

function answer(message: object): APIGatewayProxyResultV2 {
  return { statusCode: 200, body: JSON.stringify(message) };
}
