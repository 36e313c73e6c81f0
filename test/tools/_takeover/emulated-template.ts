/** The parts of a CloudFormation template that matter here. */
export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string | readonly string[];
}

/**
 * What ministack cannot deploy:
 * - It refuses templates with deployments or route responses ("Unrecognized resource types"). Its stages need no deployment, and the answer
 *   of a function goes to the client with or without a route response.
 * - The custom resource for the role of API Gateway's account needs the AWS SDK, which its runtime of functions lacks.
 */
const LEFT_OUT = new Set(['AWS::ApiGatewayV2::Deployment', 'AWS::ApiGatewayV2::RouteResponse', 'Custom::ApiGatewayAccountRole']);

/** What the emulator can deploy of a template, of Serverless and of CDK alike. */
export function emulated<T extends Template>(template: T): T {
  const leftOut = Object.keys(template.Resources).filter((id) => LEFT_OUT.has(template.Resources[id].Type));
  const kept = Object.entries(template.Resources).filter(([id]) => !leftOut.includes(id));
  return { ...template, Resources: Object.fromEntries(kept.map(([id, resource]) => [id, without(resource, leftOut)])) };
}

function without({ DependsOn = [], ...resource }: Resource, leftOut: readonly string[]): Resource {
  const { DeploymentId, ...properties } = resource.Properties ?? {};
  const dependencies = [DependsOn].flat().filter((id) => !leftOut.includes(id));
  return {
    ...resource,
    ...(resource.Type === 'AWS::ApiGatewayV2::Stage' && { Properties: properties }),
    ...(dependencies.length > 0 && { DependsOn: dependencies }),
  };
}
