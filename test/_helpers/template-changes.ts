import { neutral } from './template-losses';
import type { Json, JsonObject, Template, TemplateResource } from '../../lib/serverless/template';

/** What an update changes in place, because the library makes it: code, references to what is renewed, and other spellings of an ARN. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  'AWS::Lambda::Function': ['Code', 'Handler', 'Environment'],
  'AWS::Lambda::Alias': ['FunctionVersion'],
  'AWS::Lambda::Permission': ['FunctionName'],
  'AWS::ApiGatewayV2::Stage': ['DeploymentId', 'AccessLogSettings'],
  'AWS::ApiGatewayV2::Integration': ['IntegrationUri'],
  'AWS::ApiGatewayV2::Authorizer': ['AuthorizerUri'],
  'AWS::ApiGatewayV2::Route': ['Target'],
  'AWS::S3::BucketPolicy': ['PolicyDocument'],
  'AWS::IAM::Role': ['Policies'],
};
/** The custom resource for the role of the logs is the library's. */
const ACCOUNT_ROLE = /^(CustomApiGatewayAccountCloudWatchRole|IamRoleCustomResourcesLambdaExecution|CustomDashresource\w+)$/;
/** What the library writes in its own way: the logs of functions, and connections with least privilege. */
const NARROWED = /^\[?"(logs:|execute-api:ManageConnections)/;

/** What a resource needs and would lose in place: values of properties, variables, statements and dependencies, one line each. */
export function lostInPlace(before: Template, after: Template, region?: string): string[] {
  return Object.entries(before.Resources).flatMap(([id, was]) => {
    const is = after.Resources[id];
    if (!is || ACCOUNT_ROLE.test(id)) return [];
    const same = (left?: Json, right?: Json): boolean => spelled(neutral(before, left, region)) === spelled(neutral(after, right, region));
    const own = [...OWN[was.Type] ?? [], ...isRefused(was) ? ['AuthorizationType', 'AuthorizerId'] : []];
    const properties = Object.entries(was.Properties ?? {}).filter(([name, value]) => !own.includes(name) && !same(value, is.Properties?.[name]));
    const variables = Object.entries(variablesOf(was)).filter(([name, value]) => (
      !same(value, variablesOf(is)[name]) && String(value) !== variablesOf(is)[name]));
    const statements = statementsOf(was).filter(({ Action }) => !NARROWED.test(JSON.stringify(Action) ?? ''))
      .filter((statement) => !statementsOf(is).some((other) => includes(other, statement)));
    const dependencies = [was.DependsOn ?? []].flat()
      .filter((other) => after.Resources[other] && ![is.DependsOn ?? []].flat().includes(other) && !JSON.stringify(is).includes(`"${other}"`));
    return [
      ...properties.map(([name, value]) => `${id}: ${name} was ${JSON.stringify(value)}, is ${JSON.stringify(is.Properties?.[name])}`),
      ...variables.map(([name]) => `${id}: variable ${name}`),
      ...statements.map((statement) => `${id}: statement ${JSON.stringify(statement)}`),
      ...dependencies.filter((other) => !isTransitive(is, other)).map((other) => `${id}: waits for ${other} no more`),
    ];
  });
}

/** API Gateway accepts an authorizer of `$connect` only. */
function isRefused({ Type, Properties }: TemplateResource): boolean {
  return Type === 'AWS::ApiGatewayV2::Route' && Properties?.RouteKey !== '$connect';
}

/** The order of tags means nothing, and a policy may have a text for a list of one. */
function spelled(value: Json): string {
  const isOfTags = Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'Key' in one);
  const sorted = isOfTags ? [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value;
  return JSON.stringify(sorted, (_, one: Json) => (Array.isArray(one) && one.length === 1 && typeof one[0] === 'string' ? one[0] : one));
}

/** All of a service waits for its API by references. */
function isTransitive({ Type }: TemplateResource, other: string): boolean {
  return Type === 'AWS::Lambda::Permission' && other === 'WebsocketsApi';
}

function variablesOf({ Properties }: TemplateResource): JsonObject {
  return ((Properties?.Environment as JsonObject | undefined)?.Variables ?? {}) as JsonObject;
}

function statementsOf({ Type, Properties }: TemplateResource): JsonObject[] {
  if (Type !== 'AWS::IAM::Role') return [];
  const policies = (Properties?.Policies ?? []) as Array<{ readonly PolicyDocument?: { readonly Statement?: Json } }>;
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument?.Statement ?? []) as JsonObject[];
}

/** aws-cdk-lib merges statements that differ in one list. */
function includes(statement: JsonObject, part: JsonObject): boolean {
  return [...new Set([...Object.keys(statement), ...Object.keys(part)])].every((name) => {
    const listed = [statement[name] ?? []].flat().map((one) => JSON.stringify(one));
    return name in part && [part[name]].flat().every((one) => listed.includes(JSON.stringify(one)));
  });
}
