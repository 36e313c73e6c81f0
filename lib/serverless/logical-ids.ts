/** The logical ids of the Serverless Framework. They are names of resources that exist: a changed one replaces what is deployed. */
export const logicalIds = {
  websocketsApi: 'WebsocketsApi',
  websocketsStage: 'WebsocketsDeploymentStage',
  websocketsLogGroup: 'WebsocketsLogGroup',
  role: 'IamRoleLambdaExecution',
  deploymentBucket: 'ServerlessDeploymentBucket',
  deploymentBucketPolicy: 'ServerlessDeploymentBucketPolicy',
  /** An output. */
  deploymentBucketName: 'ServerlessDeploymentBucketName',
  accountRole: 'CustomApiGatewayAccountCloudWatchRole',
  customResourcesRole: 'IamRoleCustomResourcesLambdaExecution',
  accountRoleFunction: 'CustomDashresourceDashapigwDashcwDashroleLambdaFunction',
  accountRoleLogGroup: 'CustomDashresourceDashapigwDashcwDashroleLogGroup',
  /** An output. */
  serviceEndpoint: 'ServiceEndpointWebsocket',

  /** `my-conn_fn` -> `MyDashconnUnderscorefn`; the physical name of a function plays no part. */
  functionStem(key: string): string {
    const stem = key.replace(/-/g, 'Dash').replace(/_/g, 'Underscore');
    return stem.charAt(0).toUpperCase() + stem.slice(1);
  },
  lambdaFunctionId: (key: string): string => `${logicalIds.functionStem(key)}LambdaFunction`,
  logGroupId: (key: string): string => `${logicalIds.functionStem(key)}LogGroup`,
  versionId: (key: string, hash: string): string => `${logicalIds.functionStem(key)}LambdaVersion${alphanumeric(hash)}`,
  /** An output. */
  versionOutputId: (key: string): string => `${logicalIds.functionStem(key)}LambdaFunctionQualifiedArn`,
  provisionedAliasId: (key: string): string => `${logicalIds.functionStem(key)}ProvConcLambdaAlias`,
  snapStartAliasId: (key: string): string => `${logicalIds.functionStem(key)}SnapStartLambdaAlias`,
  durableAliasId: (key: string): string => `${logicalIds.functionStem(key)}DurableLambdaAlias`,
  eventInvokeConfigId: (key: string): string => `${logicalIds.functionStem(key)}LambdaEvConf`,
  /** Of the resource, and of the output. */
  functionUrlId: (key: string): string => `${logicalIds.functionStem(key)}LambdaFunctionUrl`,
  functionUrlPermissionId: (key: string): string => `${logicalIds.functionStem(key)}LambdaPermissionFnUrl`,
  functionUrlInvokePermissionId: (key: string): string => `${logicalIds.functionStem(key)}LambdaPermissionFn`,

  /** One a function, however many routes invoke it. */
  integrationId: (key: string): string => `${logicalIds.functionStem(key)}WebsocketsIntegration`,
  /** One a function; `key` is the name of an authorizer if its function belongs to another service. */
  permissionId: (key: string): string => `${logicalIds.functionStem(key)}LambdaPermissionWebsockets`,
  routeId: (routeKey: string): string => `${routeStem(routeKey)}WebsocketsRoute`,
  routeResponseId: (routeKey: string): string => `${routeStem(routeKey)}WebsocketsRouteResponse`,
  authorizerId: (name: string): string => `${logicalIds.functionStem(name)}WebsocketsAuthorizer`,
  deploymentId: (hash: string): string => `WebsocketsDeployment${alphanumeric(hash)}`,
};

/** `$connect` -> `Sconnect`. Unlike the stem of a function, it keeps the case of the first letter; other characters pass as they are. */
export function routeStem(routeKey: string): string {
  return routeKey
    .replace(/\$/g, 'S').replace(/\//g, 'Slash').replace(/-/g, 'Dash').replace(/_/g, 'Underscore').replace(/\./g, 'Period');
}

/** Hashes are in base64. */
function alphanumeric(text: string): string {
  return text.replace(/[^0-9a-z]/gi, '');
}
