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
    'WebsocketAlarmEvaluation',
    'WebsocketAlarmOptions',
    'WebsocketAlarmSettings',
    'WebsocketAlarms',
    'WebsocketAlarmsProps',
    'WebsocketAccessLogFormat',
    'WebsocketAccessLogOptions',
    'WebsocketAuthorizer',
    'WebsocketAuthorizerFunctionOptions',
    'WebsocketAuthorizerHandlerOptions',
    'WebsocketDashboard',
    'WebsocketDashboardOptions',
    'WebsocketDashboardProps',
    'WebsocketErrorAlarmSettings',
    'WebsocketFunctionOptions',
    'WebsocketLoggingLevel',
    'WebsocketRouteMap',
    'WebsocketModel',
    'WebsocketModelOptions',
    'WebsocketRouteModelOptions',
    'WebsocketAwsIntegrationOptions',
    'WebsocketDynamoDbPutIntegrationOptions',
    'WebsocketEventBridgeIntegrationOptions',
    'WebsocketFunctionOptions',
    'WebsocketHttpIntegrationOptions',
    'WebsocketHttpProxyIntegrationOptions',
    'WebsocketIntegration',
    'WebsocketIntegrationBaseOptions',
    'WebsocketIntegrationOptions',
    'WebsocketIntegrationResponse',
    'WebsocketKinesisIntegrationOptions',
    'WebsocketLambdaAliasIntegrationOptions',
    'WebsocketLambdaIntegrationOptions',
    'WebsocketMockIntegrationOptions',
    'WebsocketPingIntegrationOptions',
    'WebsocketRouteOptions',
    'WebsocketRouteSettings',
    'WebsocketRoutes',
    'WebsocketRoutesProps',
    'WebsocketService',
    'WebsocketServiceAttributes',
    'WebsocketServiceBase',
    'WebsocketServiceProps',
    'WebsocketStageOptions',
  ].sort());
});

/** Every name that is a class, not only a type. */
const CLASSES = [
  'WebsocketService', 'WebsocketRoutes', 'WebsocketAuthorizer', 'WebsocketModel', 'WebsocketAlarms', 'WebsocketDashboard',
] as const;

test.each(CLASSES)('exports the class %s', (name) => {
    'WebsocketServiceIntegrationOptions',
    'WebsocketServiceProps',
    'WebsocketSnsIntegrationOptions',
    'WebsocketSqsIntegrationOptions',
    'WebsocketStepFunctionsIntegrationOptions',
  ]);
});

test.each(['WebsocketService', 'WebsocketAuthorizer', 'WebsocketIntegration'] as const)('exports the class %s', (name) => {
  expect(library[name].name).toBe(name);
});
