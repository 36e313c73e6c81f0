import { textAt } from './json';
import { localId } from './local-id';
import type { ApiKey } from './model';
import type { Notices } from './notices';
import { isUnresolved } from './resolution';
import type { Resource } from './resource';
import type { Resources } from './resources';
import { isRecord } from '../protocol/json';

/** The API keys that usage plans open stages of an API to: 3.13. */
export function readApiKeys(apiId: string, resources: Resources, notices: Notices): readonly ApiKey[] {
  const stages = new Map(resources.ofType('AWS::ApiGateway::UsagePlan').map((plan) => [refOf(plan), stagesOf(plan, apiId)]));
  const plans = resources.ofType('AWS::ApiGateway::UsagePlanKey')
    .map((link) => ({ key: link.knownText('KeyId'), stages: stages.get(link.knownText('UsagePlanId')) ?? [] }));
  return resources.ofType('AWS::ApiGateway::ApiKey').filter((key) => key.knownText('Enabled') !== 'false').flatMap((key) => {
    const id = refOf(key);
    const open = plans.filter((plan) => plan.key === id).flatMap((plan) => plan.stages);
    return id === undefined || open.length === 0 ? [] : [{ id, value: valueOf(key, notices), stages: [...new Set(open)] }];
  });
}

function stagesOf(plan: Resource, apiId: string): readonly string[] {
  const { value: items } = plan.members('ApiStages');
  return Object.values(items ?? {}).flatMap((item) => {
    const opened = plan.resolveValue(item);
    if (isUnresolved(opened) || !isRecord(opened.value) || textAt(opened.value, 'ApiId') !== apiId) return [];
    return textAt(opened.value, 'Stage') ?? [];
  });
}

/** A value of the length that API Gateway gives, if the template names none. */
function valueOf(key: Resource, notices: Notices): string {
  const given = key.knownText('Value');
  if (given !== undefined) return given;
  const value = localId(`${key.id}/value`, 40);
  notices.add('api-key-generated', key.path, `API Gateway makes the value of this API key at deployment; here it is ${value}`);
  return value;
}

function refOf(resource: Resource): string | undefined {
  const ref = resource.resolveValue({ Ref: resource.logicalId });
  return isUnresolved(ref) ? undefined : String(ref.value);
}
