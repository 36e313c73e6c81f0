import type { Answer } from './answer';
import { Endpoint, endpointOf, ownRegion } from './endpoint';
import { currentDeadline, send } from './transport';
import { storeSettings } from '../configuration';

type Service = 'dynamodb' | 'lambda';

/** A request to a service, in the Region of the connection store. */
export function callService(
  service: Service, path: string, headers: Readonly<Record<string, string>>, body: string, mayPass?: (answer: Answer) => boolean,
): Promise<Answer> {
  const region = storeSettings().region ?? ownRegion();
  const endpoint = serviceEndpoint(service, region);
  return send({ service, region, endpoint, method: 'POST', path, headers, body }, currentDeadline(), mayPass);
}

/** What the environment says, else the public one. */
export function serviceEndpoint(service: Service, region: string): Endpoint {
  const { env } = process;
  const given = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL;
  return endpointOf(given || `https://${service}.${region}.${suffixOf(region)}`);
}

function suffixOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  if (process.env.AWS_USE_DUALSTACK_ENDPOINT === 'true') return 'api.aws';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}
