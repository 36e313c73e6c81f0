import { isSharedRole } from './function-plans';
import { defined, isObject } from './json-value';
import { logicalIds } from './logical-ids';
import type { NamingPlan } from './plan';
import type { ServerlessService } from './service';
import type { Json, JsonObject, Template, TemplateResource } from './template';

/** What a service says of its naming, and the statements of its role. */
export function planNaming({ name, functions, provider }: ServerlessService, template: Template): NamingPlan {
  const { Resources } = template;
  const role = Resources[logicalIds.role];
  const hasStatements = role !== undefined && hasPlainStatements(role.Properties?.Policies);
  const roles = functions.map(({ key }) => Resources[logicalIds.lambdaFunctionId(key)]?.Properties?.Role);
  const versions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Version');
  const statements = hasStatements ? statementsOf(role) : [];
  return defined({
    service: name,
    versionFunctions: versions.some(({ DeletionPolicy }) => DeletionPolicy === 'Retain') ? undefined : false,
    deploymentBucket: hasDeploymentBucket(template) ? undefined : false,
    role: role ? undefined : roles.find((one) => one !== undefined && !isSharedRole(one)),
    tags: isObject(provider.tags) && Object.keys(provider.tags).length > 0 ? texts(provider.tags) : undefined,
    roleStatements: statements.length > 0 ? statements : undefined,
    logRetentionInDays: typeof provider.logRetentionInDays === 'number' ? provider.logRetentionInDays : undefined,
  });
}

/** Without its policy (`skipPolicySetup`), the bucket is carried: it may have a policy that the stack does not know. */
export function hasDeploymentBucket({ Resources }: Template): boolean {
  return logicalIds.deploymentBucket in Resources && logicalIds.deploymentBucketPolicy in Resources;
}

/** The statements of the role that the naming does not write: it writes those for logs, and the right to manage connections is granted. */
function statementsOf({ Properties }: TemplateResource): JsonObject[] {
  const policies = (Properties?.Policies ?? []) as ReadonlyArray<{ readonly PolicyDocument?: { readonly Statement?: Json } }>;
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument?.Statement ?? []) as JsonObject[];
  return statements.filter((statement) => !isOfFramework(statement));
}

/** Whether statements can be told from each other: none of them, and no policy, is an intrinsic. */
export function hasPlainStatements(policies: Json | undefined): boolean {
  return Array.isArray(policies) && policies.every((policy) => {
    const document = isObject(policy) ? policy.PolicyDocument : undefined;
    const statements = isObject(document) ? [document.Statement ?? []].flat() : undefined;
    return statements?.every((statement) => isObject(statement) && statement.Effect !== undefined) ?? false;
  });
}

/** Of the statements that the Serverless Framework writes, 4 with the right to tag. */
const LOG_ACTIONS = [
  '["logs:CreateLogStream","logs:CreateLogGroup","logs:TagResource"]',
  '["logs:CreateLogStream","logs:CreateLogGroup"]',
  '["logs:PutLogEvents"]',
];

function isOfFramework({ Action, Resource, ...others }: JsonObject): boolean {
  if (Object.keys(others).join() !== 'Effect' || others.Effect !== 'Allow') return false;
  const [actions, resources] = [JSON.stringify(Action), JSON.stringify(Resource)];
  if (actions === '["execute-api:ManageConnections"]') return resources.includes(':execute-api:*:*:*/@connections/*');
  return LOG_ACTIONS.includes(actions) && /log-group:\/aws\/lambda\/[\w-]+\*?:\*/.test(resources);
}

/** Tags, whose values may be numbers in the file. */
export function texts(value: Json | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(isObject(value) ? value : {}).map(([name, one]) => [name, String(one)]));
}
