import * as https from 'https';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { TestServer, testCertificate } from '../../_helpers/local-server';

/** The SDK as functions use it, unmodified. */
export function sdk(server: TestServer, path = '/dev', scheme = 'http', ca?: string, maxAttempts = 1): ApiGatewayManagementApiClient {
  return new ApiGatewayManagementApiClient({
    endpoint: server.url(path, scheme),
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts,
    ...ca !== undefined && { requestHandler: { httpsAgent: new https.Agent({ ca }) } },
  });
}

/** The same by https, with the gateway's certificate. */
export async function secureSdk(server: TestServer): Promise<ApiGatewayManagementApiClient> {
  return sdk(server, '/dev', 'https', (await testCertificate()).cert);
}

/** Headers of a request that looks signed. */
export const SIGNED = {
  Authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20231129/eu-west-1/execute-api/aws4_request, '
    + `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
};

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A call of `@connections` without the SDK. */
export async function call(server: TestServer, method: string, path: string, init: RequestInit = { headers: SIGNED }): Promise<Reply> {
  const response = await fetch(server.url(path, 'http'), { method, ...init });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
