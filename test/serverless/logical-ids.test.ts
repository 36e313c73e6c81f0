import { logicalIds } from '../../lib/serverless/logical-ids';

describe('the ids of a function', () => {
  test.each([
    ['conn', 'Conn'],
    ['my-conn_fn', 'MyDashconnUnderscorefn'],
    ['-a', 'Dasha'],
    ['_a', 'Underscorea'],
    ['9lives', '9lives'],
    ['WebsocketsApi', 'WebsocketsApi'],
  ])('%s has the stem %s', (key, stem) => {
    expect(logicalIds.functionStem(key)).toBe(stem);
  });

  test('are made of the stem', () => {
    expect([
      logicalIds.lambdaFunctionId('a-b'), logicalIds.logGroupId('a-b'), logicalIds.versionId('a-b', 'x+/Y9='), logicalIds.versionOutputId('a-b'),
      logicalIds.provisionedAliasId('a-b'), logicalIds.snapStartAliasId('a-b'), logicalIds.durableAliasId('a-b'),
      logicalIds.eventInvokeConfigId('a-b'), logicalIds.functionUrlId('a-b'), logicalIds.functionUrlPermissionId('a-b'),
      logicalIds.functionUrlInvokePermissionId('a-b'), logicalIds.integrationId('a-b'), logicalIds.permissionId('a-b'),
    ]).toEqual([
      'ADashbLambdaFunction', 'ADashbLogGroup', 'ADashbLambdaVersionxY9', 'ADashbLambdaFunctionQualifiedArn',
      'ADashbProvConcLambdaAlias', 'ADashbSnapStartLambdaAlias', 'ADashbDurableLambdaAlias',
      'ADashbLambdaEvConf', 'ADashbLambdaFunctionUrl', 'ADashbLambdaPermissionFnUrl',
      'ADashbLambdaPermissionFn', 'ADashbWebsocketsIntegration', 'ADashbLambdaPermissionWebsockets',
    ]);
  });
});

describe('the ids of a route', () => {
  test.each([
    ['$connect', 'SconnectWebsocketsRoute'],
    ['chat/send-msg_v1.0', 'chatSlashsendDashmsgUnderscorev1Period0WebsocketsRoute'],
    ['a b:c', 'a b:cWebsocketsRoute'],
  ])('%s is %s', (routeKey, id) => {
    expect(logicalIds.routeId(routeKey)).toBe(id);
    expect(logicalIds.routeResponseId(routeKey)).toBe(`${id}Response`);
  });

  test('an authorizer is named as a function is', () => {
    expect(logicalIds.authorizerId('live-1')).toBe('LiveDash1WebsocketsAuthorizer');
  });

  test('a deployment is named by its hash', () => {
    expect(logicalIds.deploymentId('RBNvo1WzZ4oRRq0W9+hk/np=')).toBe('WebsocketsDeploymentRBNvo1WzZ4oRRq0W9hknp');
  });
});
