import { AspectPriority, Aspects, CfnResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ServicePlan } from '../../serverless/plan';

/**
 * Sets on the resources of a service what no option says. They are found by their logical ids shortly before the template is written, when
 * all have the ids of the plan.
 */
export function applyDeviations(scope: Construct, { overrides, attributes }: ServicePlan): void {
  if (Object.keys(overrides).length + Object.keys(attributes).length === 0) return;
  Aspects.of(scope).add({
    visit: (node) => {
      if (!CfnResource.isCfnResource(node)) return;
      const id = node.stack.resolve(node.logicalId) as string;
      for (const [name, value] of Object.entries(overrides[id] ?? {})) node.addPropertyOverride(escaped(name), value);
      for (const [name, value] of Object.entries(attributes[id] ?? {})) node.addOverride(escaped(name), value);
    },
  }, { priority: AspectPriority.READONLY - 50 });
}

/** A dot separates the parts of a path. */
function escaped(name: string): string {
  return name.replace(/\./g, '\\.');
}
