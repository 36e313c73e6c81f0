import type { APIGatewayEventWebsocketRequestContextV2, APIGatewayProxyWebsocketEventV2WithRequestContext } from 'aws-lambda';

/** The claims of the token, all of them as text. */
type Claims = Readonly<Record<string, string | undefined>>;

type Event = APIGatewayProxyWebsocketEventV2WithRequestContext<APIGatewayEventWebsocketRequestContextV2 & { authorizer: Claims }>;

export async function whoami({ requestContext }: Event) {
  const { principalId, scope } = requestContext.authorizer;
  return { statusCode: 200, body: JSON.stringify({ principalId, scope }) };
}
