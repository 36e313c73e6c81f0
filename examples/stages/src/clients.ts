import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';

const endpoints: Record<string, string> = JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS!);
const clients: Record<string, ApiGatewayManagementApiClient> = {};

/** One client per stage, which keeps its connections from one message to the next. */
export function clientOf(stage: string): ApiGatewayManagementApiClient {
  return clients[stage] ??= new ApiGatewayManagementApiClient({ endpoint: endpoints[stage] });
}
