import { isUnresolved } from './resolution';
import type { Resolver } from './resolver';
import { Resource } from './resource';
import { resourceType, Stack } from './stack';

const API_PART = /^AWS::ApiGatewayV2::/;

/** The resources of all stacks, found by type and by the API that they are a part of; those whose condition is false are not there. */
export class Resources {
  private readonly byType = new Map<string, Resource[]>();
  private readonly byApi = new Map<string, Resource[]>();

  public constructor(private readonly resolver: Resolver, stacks: readonly Stack[]) {
    for (const stack of stacks) for (const logicalId of Object.keys(stack.template.resources)) this.add(stack, logicalId);
  }

  public ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  /** The parts of an API, in whatever stacks they are: `type` is that after `AWS::ApiGatewayV2::`. */
  public partsOf(apiId: string, type: string): readonly Resource[] {
    return (this.byApi.get(partKey(apiId, `AWS::ApiGatewayV2::${type}`)) ?? []).map((part) => part.mustBePresent());
  }

  private add(stack: Stack, logicalId: string): void {
    const type = resourceType(stack, logicalId);
    const resource = new Resource(this.resolver, stack, logicalId);
    if (resource.absent) return;
    append(this.byType, type, resource);
    if (!API_PART.test(type)) return;
    const apiId = resource.resolve('ApiId');
    if (!isUnresolved(apiId) && typeof apiId.value === 'string') append(this.byApi, partKey(apiId.value, type), resource);
  }
}

function partKey(apiId: string, type: string): string {
  return `${type} ${apiId}`;
}

function append(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  const list = map.get(key);
  if (list) list.push(resource);
  else map.set(key, [resource]);
}
