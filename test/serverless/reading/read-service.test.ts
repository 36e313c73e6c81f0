import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { readServerlessFile } from '../../../lib/serverless/reading/read-service';
import { readYml, problemOf } from '../_helpers/service-folder';

const SERVICE = `service: chat
custom:
  table: \${self:service}-\${sls:stage}-table
provider:
  name: aws
  stage: \${opt:stage, 'test'}
  environment:
    TABLE: \${self:custom.table}
    ARN: !GetAtt Table.Arn
    URL: !Sub wss://\${WebsocketsApi}.execute-api.\${AWS::Region}.amazonaws.com/\${sls:stage}
    MODE: \${env:MODE, 'plain'}
functions:
  my-conn_fn:
    handler: h.conn
    events:
      - websocket: {route: $connect, authorizer: auth}
      - websocket: $disconnect
      - sqs: arn:aws:sqs:eu-west-1:123456789012:q
  auth:
    handler: h.auth
    name: gate
`;

test('a service is read', () => {
  // WHEN
  const service = readYml(SERVICE, { stage: 'prod' });

  // THEN
  expect(service).toMatchObject({
    name: 'chat',
    stage: 'prod',
    region: 'us-east-1',
    provider: {
      environment: {
        TABLE: 'chat-prod-table',
        ARN: { 'Fn::GetAtt': ['Table', 'Arn'] },
        URL: { 'Fn::Sub': 'wss://${WebsocketsApi}.execute-api.${AWS::Region}.amazonaws.com/prod' },
        MODE: 'plain',
      },
    },
    functions: [
      { key: 'my-conn_fn', logicalStem: 'MyDashconnUnderscorefn', functionName: 'chat-prod-my-conn_fn', otherEvents: ['sqs'] },
      { key: 'auth', logicalStem: 'Auth', functionName: 'gate', otherEvents: [] },
    ],
    routes: [
      {
        routeKey: '$connect',
        functionKey: 'my-conn_fn',
        isTwoWay: false,
        position: { line: 16, column: 9 },
        authorizer: { name: 'auth', functionKey: 'auth', identitySource: ['route.request.header.Auth'] },
      },
      { routeKey: '$disconnect', functionKey: 'my-conn_fn', isTwoWay: false, position: { line: 17, column: 9 } },
    ],
  });
  expect(service.position(['provider', 'environment', 'ARN'])).toEqual({ file: service.file, line: 9, column: 5 });
});

test('without options, the file says the stage', () => {
  expect(readYml(SERVICE, { environment: { MODE: 'fast' } })).toMatchObject({ stage: 'test', provider: { environment: { MODE: 'fast' } } });
});

test.each([
  ['service: chat\n', 'serverless.yml: this is not a configuration of the Serverless Framework: it has no "provider.name".'],
  ['', 'serverless.yml: the file is empty.'],
  ['- a\n', 'serverless.yml: this is not a configuration of the Serverless Framework, which is a map with "service", "provider" and "functions".'],
  ['service: chat\nprovider: {name: google}\n', 'serverless.yml:2:12: the provider is "google"; only "aws" can be taken over.'],
  ['service: chat\nprovider: aws\n', 'serverless.yml: the file has no functions, so there is nothing to take over.'],
  ['provider: aws\n', 'serverless.yml: "service" is the name of the service, not nothing.'],
  ['service: 1a\nprovider: aws\n', 'serverless.yml:1:1: the name of the service begins with a letter, followed by letters, digits and "-", not "1a".'],
  ['service: a\nservice: b\n', 'serverless.yml:2:1: the key "service" stands twice in the same map. Remove or rename one of them.'],
  ['service: [a\n', 'serverless.yml:2:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].'],
])('%j is refused', (text, problem) => {
  expect(problemOf(text)).toBe(`ServerlessFileError: ${problem}`);
});

test('a file whose name is mistaken is answered with those that the folder has', () => {
  // GIVEN
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mistaken-'));
  const missing = path.join(folder, 'serverless.yml');
  try {
    expect(() => readServerlessFile({ path: missing })).toThrow(new Error(`${missing}: the file does not exist.`));
    fs.writeFileSync(path.join(folder, 'serverless.yaml'), SERVICE);

    // THEN
    expect(() => readServerlessFile({ path: missing })).toThrow(new Error(`${missing}: the file does not exist. The folder has serverless.yaml.`));
    expect(() => readServerlessFile({ path: folder })).toThrow(new Error(`${folder}: this is a folder; name a file. The folder has serverless.yaml.`));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
