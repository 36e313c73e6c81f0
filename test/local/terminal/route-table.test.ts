import { CfnIntegration, CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketAwsIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService } from '../../../lib';
import { readApp, ReadOptions } from '../../../lib/local/assembly/read-app';
import { routeTable } from '../../../lib/local/terminal/route-table';
import { synthesize } from '../../_helpers/assembly';
import { inlineFunction } from '../../_helpers/quick-app';

function tableOf(assembly: string, options: ReadOptions = {}): string[] {
  const { apis: [api], functions } = readApp(assembly, options);
  return routeTable(api, functions).replaceAll(api.logicalId, 'ChatApi').split('\n');
}

test('aligns the routes below the URLs', () => {
  const assembly = synthesize((stack) => {
    const { api: { apiId } } = new WebsocketService(stack, 'Chat', {
      routes: {
        $connect: { function: inlineFunction(stack, 'Connect') },
        echo: { function: inlineFunction(stack, 'Echo'), returnResponse: true },
        imported: { function: lambda.Function.fromFunctionName(stack, 'Imported', 'my-function') },
        ping: { integration: new WebSocketMockIntegration('Ping') },
        table: {
          integration: new WebSocketAwsIntegration('Table', {
            integrationUri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
            integrationMethod: 'POST',
            credentialsRole: inlineFunction(stack, 'Backend').role,
          }),
        },
      },
      authorizer: ConnectAuthorizer.function(inlineFunction(stack, 'Authorize')),
    });
    const web = new CfnIntegration(stack, 'Web', {
      apiId, integrationType: 'HTTP_PROXY', integrationUri: 'https://example.com/:function:my-function/invocations',
    });
    new CfnRoute(stack, 'WebRoute', { apiId, routeKey: 'web', target: `integrations/${web.ref}` });
    new CfnRoute(stack, 'Empty', { apiId, routeKey: 'without' });
  }, 'eu-west-1');

  expect(tableOf(assembly)).toEqual([
    'Chat (Test, ChatApi)',
    '  url       wss://<ChatApi>.execute-api.eu-west-1.amazonaws.com/dev',
    '  callback  https://<ChatApi>.execute-api.eu-west-1.amazonaws.com/dev',
    '',
    '  Route     Target      Function      Authorizer      Two-way',
    '  $connect  Lambda      Test/Connect  Test/Authorize  no',
    '  echo      Lambda      Test/Echo     -               yes',
    '  imported  Lambda      my-function   -               no',
    '  ping      MOCK        -             -               no',
    '  table     AWS         -             -               no',
    '  web       HTTP_PROXY  -             -               no',
    '  without   none        -             -               no',
  ]);
});

test.each([[false, ['ws.example.com/chat', '<ChatApi>.execute-api.eu-west-1.amazonaws.com/dev']], [true, ['ws.example.com/chat']]])(
  'names the custom domain first, and the default endpoint unless it is switched off: %s', (disableExecuteApiEndpoint, expected) => {
    const assembly = synthesize((stack) => {
      const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:111111111111:certificate/1');
      new WebsocketService(stack, 'Chat', {
        routes: { $default: { function: inlineFunction(stack, 'Fn') } },
        authorizer: ConnectAuthorizer.none(),
        domain: { domainName: 'ws.example.com', mappingKey: 'chat', certificate },
        disableExecuteApiEndpoint,
      });
    }, 'eu-west-1');

    const urls = tableOf(assembly).filter((line) => /^ {2}(url|callback) /.test(line));
    expect(urls).toEqual(expected.flatMap((address) => [`  url       wss://${address}`, `  callback  https://${address}`]));
  },
);

test.each<[string, string | undefined, ConnectAuthorizer | undefined, string, string]>([
  ['in an unknown Region, public', undefined, undefined, '<region>.amazonaws.com', 'none'],
  ['in China, for IAM', 'cn-north-1', ConnectAuthorizer.iam(), 'cn-north-1.amazonaws.com.cn', 'AWS_IAM'],
  ['for an authorizer elsewhere', 'eu-west-1', undefined, 'eu-west-1.amazonaws.com', 'guard'],
])('names address and authorizer %s', (_, region, authorizer, host, name) => {
  const assembly = synthesize((stack) => {
    new WebsocketService(stack, 'Chat', {
      routes: { $connect: { function: inlineFunction(stack, 'Fn') } },
      authorizer: name === 'guard' ? ConnectAuthorizer.function(lambda.Function.fromFunctionName(stack, 'Guard', 'guard')) : authorizer,
    });
  }, region);

  const table = tableOf(assembly, { region: '<region>' });

  expect([table[1], table[table.length - 1]]).toEqual([
    `  url       wss://<ChatApi>.execute-api.${host}/dev`,
    expect.stringMatching(new RegExp(`^  \\$connect  Lambda  Test/Fn   ${name} +no$`)),
  ]);
});
