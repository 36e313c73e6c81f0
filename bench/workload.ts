import * as fs from 'fs';
import * as path from 'path';

/**
 * Writes an app with so many handlers: all share a file and use the AWS SDK, which is not bundled; the first has a real
 * dependency, which is.
 */
export function writeWorkload(folder: string, routes: number): void {
  fs.mkdirSync(path.join(folder, 'src'), { recursive: true });
  for (let i = 0; i < routes; i++) {
    const routeKey = `route${i}`;
    write(`src/${routeKey}.ts`, i === 0 ? zodHandler(routeKey) : handler(routeKey));
  }
  write('src/reply.ts', REPLY);
  write('package.json', JSON.stringify({ name: 'bench', version: '1.0.0', private: true }));
  // NodejsFunction takes the folder of the lock file for the project.
  write('package-lock.json', JSON.stringify({ name: 'bench', version: '1.0.0', lockfileVersion: 3, packages: {} }));
  write('tsconfig.json', JSON.stringify({ compilerOptions: { target: 'es2022', module: 'node16', strict: true } }));

  function write(file: string, contents: string): void {
    fs.writeFileSync(path.join(folder, file), contents);
  }
}

const REPLY = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

const client = new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_CALLBACK_URL });

export async function reply(event: APIGatewayProxyWebsocketEventV2, payload: unknown): Promise<APIGatewayProxyResultV2> {
  const { connectionId } = event.requestContext;
  await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: JSON.stringify(payload) }));
  return { statusCode: 200 };
}
`;

function handler(routeKey: string): string {
  return `
import { GoneException } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { reply } from './reply';

export async function handler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  try {
    return await reply(event, { route: '${routeKey}', message: JSON.parse(event.body ?? '{}') });
  } catch (error) {
    if (error instanceof GoneException) return { statusCode: 410 };
    throw error;
  }
}
`;
}

function zodHandler(routeKey: string): string {
  return `
import { GoneException } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { z } from 'zod';
import { reply } from './reply';

const Message = z.object({ action: z.literal('${routeKey}'), text: z.string().max(1000) });

export async function handler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  try {
    return await reply(event, Message.parse(JSON.parse(event.body ?? '{}')));
  } catch (error) {
    if (error instanceof GoneException) return { statusCode: 410 };
    throw error;
  }
}
`;
}
