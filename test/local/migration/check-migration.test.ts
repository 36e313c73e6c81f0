import { compiled, Draft, renamed, rewritten } from './_helpers/compiled';
import { checkMigration } from '../../../lib/local/migration/check-migration';
import type { Template } from '../../../lib/serverless/template';

const chat = compiled('chat.osls4');
const shop = compiled('shop.osls4');
const DEPLOYMENT = 'WebsocketsDeploymentsCa3gfSBE6p79EuLa20nbVMHE303s5AYX6IlGgUobTI';
const VERSION = 'MsgLambdaVersionh1Hdu7Yv1Rt8bnw6vf5DIPfs6zMCRXJyvrB3FCc';

/** What people and their tools do to a template when they rewrite a service by hand. */
describe('a rewrite that replaces or loses something is caught', () => {
  const cases: ReadonlyArray<readonly [string, Template, (draft: Draft) => Draft | void, string]> = [
    ['the stage has another name', chat, ({ Resources: { WebsocketsDeploymentStage: { Properties } } }) => {
      Properties.StageName = 'prod';
    }, 'StageName: "dev" -> "prod", which replaces it'],
    ['a function loses its name', chat, ({ Resources: { ConnLambdaFunction: { Properties } } }) => {
      delete Properties.FunctionName;
    }, 'FunctionName: "chat-dev-conn" -> (nothing), which replaces it'],
    ['a function has the id that CDK makes', chat, (draft) => renamed(draft, 'ConnLambdaFunction', 'ConnFunctionA1B2'),
      'ConnFunctionA1B2 is the same function under a new id (same FunctionName); it would be deleted and created\n'
      + '    creation would fail: the name "chat-dev-conn" exists'],
    ['a log group has another name', chat, ({ Resources: { WebsocketsLogGroup: { Properties } } }) => {
      Properties.LogGroupName = { 'Fn::Sub': '/aws/apigateway/${WebsocketsApi}' };
    }, 'LogGroupName: "/aws/websocket/chat-dev" -> {"Fn::Sub":"/aws/apigateway/${WebsocketsApi}"}, which replaces it'],
    ['log groups are left to Lambda', chat, ({ Resources }) => {
      delete Resources.ConnLogGroup;
    }, 'ConnLogGroup (AWS::Logs::LogGroup)'],
    ['the permission says which API may call', chat, ({ Resources: { ConnLambdaPermissionWebsockets: { Properties } } }) => {
      Properties.SourceArn = { 'Fn::Sub': 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${WebsocketsApi}/*' };
    }, 'ConnLambdaPermissionWebsockets (AWS::Lambda::Permission)\n    SourceArn: (nothing) ->'],
    ['the permission names the function by its id', chat, ({ Resources: { ConnLambdaPermissionWebsockets: { Properties } } }) => {
      Properties.FunctionName = { Ref: 'ConnLambdaFunction' };
    }, 'FunctionName: {"Fn::GetAtt":["ConnLambdaFunction","Arn"]} -> {"Ref":"ConnLambdaFunction"}, which replaces it'],
    ['the API speaks HTTP', chat, ({ Resources: { WebsocketsApi: { Properties } } }) => {
      Properties.ProtocolType = 'HTTP';
    }, 'ApiId: refers to WebsocketsApi, which is replaced, which replaces it'],
    ['the API has a new id', chat, (draft) => renamed(draft, 'WebsocketsApi', 'ChatApi5F3A'),
      'ChatApi5F3A is the same api under a new id (same Name); it would be deleted and created'],
    ['a route is forgotten', chat, ({ Resources }) => {
      delete Resources.SdisconnectWebsocketsRoute;
    }, 'SdisconnectWebsocketsRoute: nothing answers "$disconnect" any more'],
    ['a route has a new id', chat, (draft) => renamed(draft, 'fooWebsocketsRoute', 'FooRoute'),
      'FooRoute is the same route under a new id (same RouteKey)'],
    ['the authorizer is forgotten', chat, ({ Resources }) => {
      delete Resources.AuthWebsocketsAuthorizer;
      Object.assign(Resources.SconnectWebsocketsRoute.Properties, { AuthorizationType: 'NONE', AuthorizerId: undefined });
    }, 'SconnectWebsocketsRoute ($connect): AuthorizationType was CUSTOM and is NONE: everybody may connect or call'],
    ['the authorizer stays, and its route does without it', chat, ({ Resources: { SconnectWebsocketsRoute: { Properties } } }) => {
      Object.assign(Properties, { AuthorizationType: 'NONE', AuthorizerId: undefined });
    }, 'SconnectWebsocketsRoute ($connect): AuthorizationType was CUSTOM and is NONE: everybody may connect or call'],
    ['the bucket of deployments is not needed any more', chat, ({ Resources, Outputs }) => {
      delete Resources.ServerlessDeploymentBucket;
      delete Resources.ServerlessDeploymentBucketPolicy;
      delete Outputs.ServerlessDeploymentBucketName;
    }, 'ServerlessDeploymentBucketName (export sls-chat-dev-ServerlessDeploymentBucketName): the export is lost'],
    ['an export has another name', chat, ({ Outputs: { ServiceEndpointWebsocket } }) => {
      ServiceEndpointWebsocket.Export = { Name: 'ChatUrl' };
    }, 'ServiceEndpointWebsocket (export sls-chat-dev-ServiceEndpointWebsocket): the export is lost'],
    ['each function has its own role', chat, (draft) => renamed(draft, 'IamRoleLambdaExecution', 'ConnRole'),
      'ConnRole is the same role under a new id (same RoleName); it would be deleted and created'],
    ['the alias is gone', chat, ({ Resources }) => {
      delete Resources.MsgProvConcLambdaAlias;
    }, 'MsgWebsocketsIntegration: '],
    ['no version follows', chat, ({ Resources, Outputs }) => {
      delete Resources[VERSION];
      delete Outputs.MsgLambdaFunctionQualifiedArn;
    }, `${VERSION} (AWS::Lambda::Version)\n    DeletionPolicy Retain: it stays in the account, but not in the stack`],
    ['no deployment follows', chat, ({ Resources }) => {
      delete Resources[DEPLOYMENT];
      delete Resources.WebsocketsDeploymentStage.Properties.DeploymentId;
    }, 'WebsocketsDeploymentStage: without a deployment, changed routes never reach the stage'],
    ['a table has another key', shop, ({ Resources: { OrdersTable: { Properties } } }) => {
      Properties.KeySchema = [{ AttributeName: 'orderId', KeyType: 'HASH' }];
    }, 'creation would fail: the name "shop-prod-orders" exists'],
    ['a table has a new id', shop, (draft) => renamed(draft, 'OrdersTable', 'Orders7F'),
      'Orders7F is the same table under a new id (same TableName); it would be deleted and created\n'
      + '    DeletionPolicy Retain: it stays in the account, but not in the stack\n'
      + '    creation would fail: the name "shop-prod-orders" exists'],
    ['a queue is FIFO', shop, ({ Resources: { OrdersQueue: { Properties } } }) => {
      Properties.FifoQueue = true;
    }, 'OrdersQueue (AWS::SQS::Queue)\n    FifoQueue: (nothing) -> true, which replaces it'],
    ['what hangs on a replaced resource by a text', shop, ({ Resources: { OrdersQueue, WorkerEventSourceMappingSQSOrdersQueue: mapping } }) => {
      OrdersQueue.Properties.QueueName = 'other';
      mapping.Properties.EventSourceArn = { 'Fn::Sub': '${OrdersQueue.Arn}' };
    }, 'EventSourceArn: refers to OrdersQueue, which is replaced, which replaces it'],
    ['resources move into a nested stack', shop, ({ Resources }) => {
      delete Resources.OrdersTable;
      delete Resources.OrdersQueue;
      Resources.Data = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example.com/data.json' } };
    }, 'Data: nothing moves into a nested stack; what is removed here is deleted, and what is within is created'],
    ['a resource depends on a parameter', shop, ({ Resources: { OrdersTable } }) => {
      OrdersTable.Condition = 'WithTable';
    }, 'OrdersTable: it is deleted unless the condition WithTable holds, which only AWS knows'],
    ['a type is another one', shop, ({ Resources: { OrdersTable } }) => {
      OrdersTable.Type = 'AWS::DynamoDB::GlobalTable';
    }, 'Type: "AWS::DynamoDB::Table" -> "AWS::DynamoDB::GlobalTable", which replaces it'],
    ['a custom resource has another function', chat, ({ Resources: { CustomApiGatewayAccountCloudWatchRole: { Properties } } }) => {
      Properties.ServiceToken = { 'Fn::GetAtt': ['ConnLambdaFunction', 'Arn'] };
    }, 'CustomApiGatewayAccountCloudWatchRole (Custom::ApiGatewayAccountRole)\n    ServiceToken:'],
    ['the role of L2 constructs has no name', chat, ({ Resources: { IamRoleLambdaExecution: { Properties } } }) => {
      delete Properties.RoleName;
    }, 'RoleName: '],
    ['a table is made anew and the old one is retained', shop, ({ Resources }) => {
      Resources.OrdersV2 = { ...Resources.OrdersTable, Properties: { ...Resources.OrdersTable.Properties, TableName: 'orders-v2' } };
      delete Resources.OrdersTable;
    }, 'DeletionPolicy Retain: it stays in the account, but not in the stack'],
    ['two functions are merged into one', chat, ({ Resources }) => {
      delete Resources.ConnLambdaFunction;
    }, 'ConnLambdaFunction (AWS::Lambda::Function)'],
    ['a key of a route is written in another case', chat, ({ Resources: { fooWebsocketsRoute: { Properties } } }) => {
      Properties.RouteKey = 'FOO';
    }, 'fooWebsocketsRoute: nothing answers "foo" any more'],
    ['a stage is $default', chat, ({ Resources: { WebsocketsDeploymentStage: { Properties } } }) => {
      Properties.StageName = '$default';
    }, 'StageName: "dev" -> "$default", which replaces it'],
    ['all of it is another stack', chat, (draft) => {
      const ids = Object.keys(draft.Resources);
      return ids.reduce((template, id) => renamed(template, id, `New${id}`), draft);
    }, 'the templates have no logical id in common: the new one is of another stack, or all of its ids are new'],
  ];

  test.each(cases)('%s', (_, before, change, line) => {
    // WHEN
    const { report, json, isSafe } = checkMigration({ compiled: before, template: rewritten(before, change) });

    // THEN
    expect(isSafe).toBe(false);
    expect(json.isSafe).toBe(false);
    expect(report).toContain(line);
    expect(report).toMatch(/\n\d+ kept, \d+ changed in place, \d+ added, \d+ removed, \d+ replaced\n$/);
  });
});

/** The same values as CDK writes them, and changes that CloudFormation makes in place. */
describe('a harmless rewrite passes', () => {
  const cases: ReadonlyArray<readonly [string, Template, (draft: Draft) => void, string]> = [
    ['texts with references are written in other ways', chat, ({ Resources }) => {
      Resources.WebsocketsLogGroup.Properties.LogGroupName = { 'Fn::Join': ['/', ['/aws', 'websocket', { 'Fn::Sub': 'chat-dev' }]] };
      Resources.MsgLambdaPermissionWebsockets.Properties.FunctionName = { 'Fn::Sub': '${MsgLambdaFunction.Arn}:provisioned' };
      Resources.ConnLambdaPermissionWebsockets.Properties.FunctionName = { 'Fn::GetAtt': 'ConnLambdaFunction.Arn' };
      Resources.WebsocketsDeploymentStage.Properties.ApiId = { 'Fn::Sub': '${WebsocketsApi}' };
    }, '30 kept, 0 changed in place, 0 added, 0 removed, 0 replaced'],
    ['the region of the stack is written out', shop, ({ Resources }) => {
      Resources.OrdersQueue.Properties.QueueName = 'shop-prod-orders-eu-west-1';
      delete Resources.OrdersTopic.Condition;
    }, '48 kept, 0 changed in place, 0 added, 0 removed, 0 replaced'],
    ['CDK adds what it adds to each stack', chat, (draft) => {
      draft.Resources.CDKMetadata = { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'v2' } };
      draft.Parameters = { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' } };
      draft.Resources.ConnLambdaFunction.Metadata = { 'aws:cdk:path': 'Chat/conn' };
      draft.Resources.ConnLambdaFunction.DependsOn = 'ConnLogGroup';
      draft.Resources.ConnLambdaFunction.Properties.Code = { S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}' }, S3Key: 'a.zip' };
    }, '29 kept, 1 changed in place, 0 added, 0 removed, 0 replaced'],
    ['a new deployment and a new version', chat, ({ Resources, Outputs }) => {
      Resources.NextVersion = { ...Resources[VERSION], Properties: { FunctionName: { Ref: 'MsgLambdaFunction' }, CodeSha256: 'other' } };
      Resources.NextDeployment = Resources[DEPLOYMENT];
      delete Resources[VERSION];
      delete Resources[DEPLOYMENT];
      Resources.WebsocketsDeploymentStage.Properties.DeploymentId = { Ref: 'NextDeployment' };
      Resources.MsgProvConcLambdaAlias.Properties.FunctionVersion = { 'Fn::GetAtt': ['NextVersion', 'Version'] };
      Outputs.MsgLambdaFunctionQualifiedArn.Value = { Ref: 'NextVersion' };
    }, '26 kept, 2 changed in place, 0 added, 0 removed, 0 replaced'],
    ['what may change in place changes, and resources are added', chat, ({ Resources }) => {
      Resources.ConnLambdaFunction.Properties.MemorySize = 512;
      Resources.WebsocketsApi.Properties.Description = 'Chat';
      Resources.WebsocketsLogGroup.Properties.RetentionInDays = 30;
      Resources.Alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'chat' } };
    }, '27 kept, 3 changed in place, 1 added, 0 removed, 0 replaced'],
    ['the API has another name', chat, ({ Resources: { WebsocketsApi: { Properties } } }) => {
      Properties.Name = 'chat';
    }, '29 kept, 1 changed in place, 0 added, 0 removed, 0 replaced'],
    ['a condition that always holds', shop, (draft) => {
      draft.Conditions = { ...draft.Conditions, Always: { 'Fn::Equals': ['a', 'a'] } };
      draft.Resources.OrdersTable.Condition = 'Always';
    }, '48 kept, 0 changed in place, 0 added, 0 removed, 0 replaced'],
    ['the queue has a key', shop, ({ Resources: { OrdersQueue: { Properties } } }) => {
      Properties.KmsMasterKeyId = 'alias/aws/sqs';
    }, '47 kept, 1 changed in place, 0 added, 0 removed, 0 replaced'],
    ['the stage deploys by itself', chat, ({ Resources }) => {
      delete Resources[DEPLOYMENT];
      Object.assign(Resources.WebsocketsDeploymentStage.Properties, { AutoDeploy: true, DeploymentId: undefined });
    }, '28 kept, 1 changed in place, 0 added, 0 removed, 0 replaced'],
    ['a policy is written as CDK writes it', chat, ({ Resources: { IamRoleLambdaExecution: { Properties } } }) => {
      const [{ PolicyDocument }] = Properties.Policies as Array<{ PolicyDocument: { Statement: Array<Record<string, unknown>> } }>;
      PolicyDocument.Statement.reverse();
      for (const statement of PolicyDocument.Statement) {
        for (const [name, value] of Object.entries(statement)) if (Array.isArray(value) && value.length === 1) statement[name] = value[0];
      }
    }, '30 kept, 0 changed in place, 0 added, 0 removed, 0 replaced'],
  ];

  test.each(cases)('%s', (_, before, change, counts) => {
    const { report, json, isSafe } = checkMigration({ compiled: before, template: rewritten(before, change), region: 'eu-west-1' });

    expect(report.trimEnd().split('\n').pop()).toBe(counts);
    expect(json.warnings).toEqual([]);
    expect(isSafe).toBe(true);
  });

  test.each([['chat.v3', 'chat.osls4'], ['shop.v3', 'shop.osls4']] as const)('%s is updated to %s', (from, to) => {
    const { json, isSafe } = checkMigration({ compiled: compiled(from), template: compiled(to) });

    expect(isSafe).toBe(true);
    expect(json.counts).toMatchObject({ removed: 0, replaced: 0, added: 0 });
  });
});

test.each([
  ['AuthorizationType', { AuthorizationType: 'AWS_IAM' }, 'AuthorizationType was AWS_IAM and is NONE: everybody may connect or call'],
  ['ApiKeyRequired', { ApiKeyRequired: true }, 'no API key is required any more'],
] as const)('a route that loses its %s alone is not safe', (_, properties, text) => {
  // GIVEN
  const before = rewritten(chat, ({ Resources: { SconnectWebsocketsRoute: { Properties } } }) => {
    Object.assign(Properties, { AuthorizationType: 'NONE', AuthorizerId: undefined }, properties);
  });
  const after = rewritten(before, ({ Resources: { SconnectWebsocketsRoute: { Properties } } }) => {
    Object.assign(Properties, { AuthorizationType: 'NONE', ApiKeyRequired: undefined });
  });

  // WHEN
  const { json, isSafe } = checkMigration({ compiled: before, template: after });

  // THEN
  expect(json.warnings.map((warning) => warning.text)).toEqual([`SconnectWebsocketsRoute ($connect): ${text}`]);
  expect(json.counts).toMatchObject({ changed: 1, removed: 0, replaced: 0 });
  expect(isSafe).toBe(false);
});

/** Changes in place that the counts do not tell. */
test.each<[string, (resources: Draft['Resources'], template: Draft) => void]>([
  ['$connect, guarded, has another key, and another route has its key', (resources) => {
    resources.SconnectWebsocketsRoute.Properties.RouteKey = 'legacy';
    resources.Open = { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { Ref: 'WebsocketsApi' }, RouteKey: '$connect', AuthorizationType: 'NONE' } };
  }],
  ['$connect is guarded only if a parameter says so', (resources, template) => {
    Object.assign(template, { Parameters: { Auth: { Type: 'String', Default: 'NONE' } } });
    resources.SconnectWebsocketsRoute.Properties.AuthorizationType = { Ref: 'Auth' };
  }],
  ['a key is answered by a route of another API only', (resources) => {
    resources.SdisconnectWebsocketsRoute.Properties.RouteKey = 'other';
    resources.Http = { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { Ref: 'Else' }, RouteKey: '$disconnect' } };
  }],
  ['the default endpoint is disabled', (resources) => { resources.WebsocketsApi.Properties.DisableExecuteApiEndpoint = true; }],
])('is not safe: %s', (_, change) => {
  const template = rewritten(chat, (copy) => { change(copy.Resources, copy); });

  expect(checkMigration({ compiled: chat, template }).isSafe).toBe(false);
});

test('a table is replaced if an attribute of its key gets another type, and not if one is added', () => {
  const table = (definitions: object[]): Template => rewritten(shop, ({ Resources: { OrdersTable: { Properties } } }) => {
    Properties.AttributeDefinitions = definitions as never;
  });
  const [{ AttributeName: name, AttributeType: type }] = shop.Resources.OrdersTable.Properties!.AttributeDefinitions as Array<Record<string, string>>;
  const own = shop.Resources.OrdersTable.Properties!.AttributeDefinitions as object[];

  expect(checkMigration({ compiled: shop, template: table([{ AttributeName: name, AttributeType: type === 'S' ? 'N' : 'S' }]) }).isSafe).toBe(false);
  expect(checkMigration({ compiled: shop, template: table([...own, { AttributeName: 'more', AttributeType: 'S' }]) }).isSafe).toBe(true);
});

test('an unnamed layer that goes is not renewed by another one', () => {
  const layer = (name: string): object => ({ Type: 'AWS::Lambda::LayerVersion', Properties: { Description: name, Content: { S3Bucket: 'b', S3Key: name } } });
  const before = rewritten(chat, ({ Resources }) => { Object.assign(Resources, { One: layer('one'), Two: layer('two') }); });
  const after = rewritten(chat, ({ Resources }) => { Object.assign(Resources, { Two: layer('two') }); });

  expect(checkMigration({ compiled: before, template: after }).isSafe).toBe(false);
});

test('without the region, a value that may be the same after deployment counts as another one', () => {
  const template = rewritten(shop, ({ Resources }) => {
    Resources.OrdersQueue.Properties.QueueName = 'shop-prod-orders-eu-west-1';
  });

  expect(checkMigration({ compiled: shop, template }).isSafe).toBe(false);
});

test('a statement that a role loses is a warning, and one that is narrower says so', () => {
  const template = rewritten(chat, ({ Resources: { IamRoleLambdaExecution: { Properties } } }) => {
    const [{ PolicyDocument }] = Properties.Policies as Array<{ PolicyDocument: { Statement: Array<Record<string, unknown>> } }>;
    for (const statement of PolicyDocument.Statement) if (String(statement.Action) === 's3:GetObject') statement.Resource = 'arn:aws:s3:::files/*';
  });

  expect(checkMigration({ compiled: chat, template }).json.warnings).toEqual([{
    code: 'grantDropped',
    logicalId: 'IamRoleLambdaExecution',
    text: 'IamRoleLambdaExecution: s3:GetObject is not allowed on * any more, only on arn:aws:s3:::files/*',
  }]);
});

test('the right to manage connections may become that of one API', () => {
  const own = 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/dev/*/@connections/*';
  const template = rewritten(chat, ({ Resources: { IamRoleLambdaExecution: { Properties } } }) => {
    const [{ PolicyDocument }] = Properties.Policies as Array<{ PolicyDocument: { Statement: Array<Record<string, unknown>> } }>;
    for (const statement of PolicyDocument.Statement) if (String(statement.Action) === 'execute-api:ManageConnections') statement.Resource = own;
  });

  expect(checkMigration({ compiled: chat, template }).json.warnings).toEqual([{
    code: 'connectionsNarrowed',
    logicalId: 'IamRoleLambdaExecution',
    text: `IamRoleLambdaExecution: may manage connections of ${own} only, not of every API of the account, which is intended`,
  }]);
});

test('text of a template moves no cursor', () => {
  const template = rewritten(chat, ({ Resources }) => {
    Resources['Evil\u001b[2J'] = { Type: 'AWS::SNS::Topic', Properties: {} };
  });

  expect(checkMigration({ compiled: chat, template }).report).toContain('  Evil\\x1B[2J (AWS::SNS::Topic)\n');
});

test('variables of Fn::Sub within each other end in time, and a cycle of conditions too', () => {
  const doubled = (value: unknown): unknown => ({ 'Fn::Sub': ['${a}${a}', { a: value }] });
  const deep = Array.from({ length: 60 }).reduce(doubled, { Ref: 'WebsocketsApi' });
  const template = rewritten(chat, (draft) => {
    draft.Conditions = { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } };
    draft.Resources.Topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: deep }, Condition: 'A' };
  });

  expect(checkMigration({ compiled: template, template }).isSafe).toBe(true);
});
