import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import * as library from '../lib';

/** What the entry file exports, types included: those have left no trace in the compiled code. */
function exportedNames(): string[] {
  const file = path.resolve(__dirname, '../lib/index.ts');
  const { statements } = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause)) {
      throw new Error('lib/index.ts is a list of names and nothing else');
    }
    return statement.exportClause.elements.map((element) => element.name.text);
  });
}

test('exports these names and no others', () => {
  expect(exportedNames().sort()).toEqual([
    'IWebsocketService',
    'WebsocketAccessLogFormat',
    'WebsocketAccessLogOptions',
    'WebsocketAlarmEvaluation',
    'WebsocketAlarmOptions',
    'WebsocketAlarmSettings',
    'WebsocketAlarms',
    'WebsocketAlarmsProps',
    'ConnectAuthorizer',
    'WebsocketAuthorizerFunctionOptions',
    'WebsocketAuthorizerHandlerOptions',
    'WebsocketAwsIntegrationOptions',
    'WebsocketCognitoAuthorizerOptions',
    'WebsocketCognitoTokenUse',
    'WebsocketDashboard',
    'WebsocketDashboardOptions',
    'WebsocketDashboardProps',
    'WebsocketDomainOptions',
    'WebsocketDynamoDbPutIntegrationOptions',
    'WebsocketErrorAlarmSettings',
    'WebsocketEventBridgeIntegrationOptions',
    'WebsocketFunctionOptions',
    'WebsocketHttpIntegrationOptions',
    'WebsocketHttpProxyIntegrationOptions',
    'RouteIntegration',
    'WebsocketIntegrationBaseOptions',
    'WebsocketIntegrationOptions',
    'WebsocketIntegrationResponse',
    'WebsocketJwtAuthorizerOptions',
    'WebsocketKinesisIntegrationOptions',
    'WebsocketLambdaAliasIntegrationOptions',
    'WebsocketLambdaIntegrationOptions',
    'WebsocketLoggingLevel',
    'WebsocketMockIntegrationOptions',
    'WebsocketModel',
    'WebsocketModelOptions',
    'WebsocketPingIntegrationOptions',
    'WebsocketRouteFunction',
    'WebsocketRouteMap',
    'WebsocketRouteModelOptions',
    'WebsocketServiceRoute',
    'WebsocketRouteSettings',
    'WebsocketRoutes',
    'WebsocketRoutesProps',
    'WebsocketService',
    'WebsocketServiceAttributes',
    'WebsocketServiceBase',
    'WebsocketServiceIntegrationOptions',
    'WebsocketServiceProps',
    'WebsocketSnsIntegrationOptions',
    'WebsocketSqsIntegrationOptions',
    'WebsocketStageOptions',
    'WebsocketStepFunctionsIntegrationOptions',
    'WebsocketTokenAuthorizerOptions',
    'WebsocketTokenSource',
  ]);
});

test('exports classes and enums as values', () => {
  expect(Object.keys(library).sort()).toEqual([
    'WebsocketAccessLogFormat',
    'WebsocketAlarms',
    'ConnectAuthorizer',
    'WebsocketCognitoTokenUse',
    'WebsocketDashboard',
    'RouteIntegration',
    'WebsocketLoggingLevel',
    'WebsocketModel',
    'WebsocketRoutes',
    'WebsocketService',
    'WebsocketServiceBase',
    'WebsocketTokenSource',
  ]);
});
