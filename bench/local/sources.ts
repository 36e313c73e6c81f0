import * as fs from 'fs';
import * as path from 'path';

/** Routes whose function answers with the version in its source: what is saved and then asked for. */
export const VERSION_ROUTES = ['version', 'versionWithSdk'] as const;

export type VersionRoute = typeof VERSION_ROUTES[number];

const FILES: Record<VersionRoute, string> = { version: 'version.ts', versionWithSdk: 'version-with-sdk.ts' };

/** Writes the handlers that the gateway and serverless-offline run. */
export function writeSources(folder: string): void {
  fs.mkdirSync(path.join(folder, 'src'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'src', 'connect.ts'), CONNECT);
  fs.writeFileSync(path.join(folder, 'src', 'echo.ts'), ECHO);
  for (const route of VERSION_ROUTES) writeVersion(folder, route, 0);
}

/** Saves a handler that answers with this version. */
export function writeVersion(folder: string, route: VersionRoute, version: number): void {
  const source = `export const handler = async () => ({ statusCode: 200, body: '${version}' });\n`;
  fs.writeFileSync(path.join(folder, 'src', FILES[route]), route === 'versionWithSdk' ? SDK + source : source);
}

const CONNECT = `
export const handler = async () => ({ statusCode: 200 });
`;

const ECHO = `
export const handler = async (event: { readonly body: string }) => ({ statusCode: 200, body: event.body });
`;

const SDK = `
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';

export const client = new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_CALLBACK_URL });
`;
