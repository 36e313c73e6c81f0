import { CfnIntegration, CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketAwsIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { api, authorizer, CHAT, DEV, integration, route, stage } from './_helpers/served-app';
import { ConnectAuthorizer, WebsocketService } from '../../../lib';
import type { Api } from '../../../lib/local/assembly/local-app';
import { readApp, ReadOptions } from '../../../lib/local/assembly/read-app';
import { banner, functionLabel, routeRows, routeTable, Served, wscatLine } from '../../../lib/local/terminal/served';
import { synthesize } from '../../_helpers/assembly';
import { inlineFunction } from '../../_helpers/quick-app';

describe('the banner', () => {
  test('each API has its URLs, a command that connects and its routes', () => {
    expect(banner(CHAT)).toBe(`
Chat (Test, ChatApi)
  url       ws://localhost:3001/dev
  callback  http://localhost:3001/dev
  connect   npx wscat -c "ws://localhost:3001/dev?token=VALUE"

  Route     Target  Function      Authorizer                              Two-way
  $connect  Lambda  Test/Connect  Test/Chat/Handler-src%2Fauth.authorize  no
  ping      MOCK    -             -                                       yes
  far       Lambda  far-away      -                                       no

Ctrl-C stops the gateway.

`);
  });

  test('tables have one line', () => {
    const tables = { names: ['rooms', 'users', 'messages', 'log'], where: 'in memory, by dynoxide 1.2.1' };
    expect(banner({ ...CHAT, tables }).split('\n').slice(-6)).toEqual([
      '', 'DynamoDB in memory, by dynoxide 1.2.1: rooms, users, messages and 1 more', '', 'Ctrl-C stops the gateway.', '', '',
    ]);
  });

  test('the inspector has one line', () => {
    expect(banner({ ...CHAT, inspectorUrl: 'http://localhost:3001/_ws' }).split('\n').slice(-6)).toEqual([
      '', 'inspector  http://localhost:3001/_ws', '', 'Ctrl-C stops the gateway.', '', '',
    ]);
  });

  test('each stage has its own URLs', () => {
    const [chat] = CHAT.apis;
    const stages = ['dev', 'test'].map((name) => ({ stage: stage(name), url: `ws://x/${name}`, callbackUrl: `http://x/${name}` }));

    expect(banner({ ...CHAT, apis: [{ ...chat, stages }] }).split('\n').slice(2, 8)).toEqual([
      '  url       ws://x/dev',
      '  callback  http://x/dev',
      '  connect   npx wscat -c "ws://x/dev?token=VALUE"',
      '  url       ws://x/test',
      '  callback  http://x/test',
      '  connect   npx wscat -c "ws://x/test?token=VALUE"',
    ]);
  });

  test('a custom domain is shown with the Host header that reaches it here', () => {
    const [chat] = CHAT.apis;
    const mappings = [{ domainName: 'chat.example.com', mappingKey: 'v1' }, { domainName: 'example.org', mappingKey: '' }];
    const stages = [{ stage: { ...stage('dev'), mappings }, url: 'ws://localhost:3001/dev', callbackUrl: 'https://localhost:3001/dev' }];

    expect(banner({ ...CHAT, apis: [{ ...chat, stages }] }).split('\n').slice(4, 9)).toEqual([
      '  connect   npx wscat -c "ws://localhost:3001/dev?token=VALUE"',
      '  domain    wss://chat.example.com/v1',
      '  connect   npx wscat -c "ws://localhost:3001/v1?token=VALUE" -H "Host: chat.example.com"',
      '  domain    wss://example.org',
      '  connect   npx wscat -c "ws://localhost:3001?token=VALUE" -H "Host: example.org"',
    ]);
  });
});

describe('the routes', () => {
  function rowsOf(served: Api, functions: Served['functions'] = new Map()): string[] {
    const lines = routeTable(served, functions).split('\n');
    return lines.slice(lines.indexOf('') + 1);
  }

  test('routes are listed in the order of the template', () => {
    expect(rowsOf(CHAT.apis[0].api, CHAT.functions)).toEqual([
      '  Route     Target  Function      Authorizer                              Two-way',
      '  $connect  Lambda  Test/Connect  Test/Chat/Handler-src%2Fauth.authorize  no',
      '  ping      MOCK    -             -                                       yes',
      '  far       Lambda  far-away      -                                       no',
    ]);
  });

  test('an API without routes has the heading only', () => {
    expect(rowsOf(api([]))).toEqual(['  Route  Target  Function  Authorizer  Two-way']);
  });

  test('3.1: only $connect shows its authorizer', () => {
    const [connect, send] = routeRows(api([
      route('$connect', { authorization: { type: 'AWS_IAM' } }),
      route('send', { authorization: { type: 'AWS_IAM' } }),
    ]), new Map());

    expect([connect.authorizer, send.authorizer]).toEqual(['AWS_IAM', undefined]);
  });

  test('a target named by a stage variable lists all the functions that the variable may name', () => {
    const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${stageVariables.fn}/invocations';
    const functions = { dev: 'Test/Connect1', test: 'Test/Connect1', prod: 'Test/Other' };

    const send = route('send', { integration: integration({ target: { type: 'stageVariable', uri, functions } }) });

    const [row] = routeRows(api([send]), CHAT.functions);

    expect(row).toEqual({ routeKey: 'send', target: 'Lambda', function: 'Test/Connect, Test/Other', authorizer: undefined, twoWay: false });
  });

  test('a target that is not a function is shown as its type', () => {
    const send = route('send', { integration: integration({ type: 'AWS', target: { type: 'none', reason: 'it is a queue' } }) });

    const [row] = routeRows(api([send]), new Map());

    expect(row).toEqual({ routeKey: 'send', target: 'AWS', function: undefined, authorizer: undefined, twoWay: false });
  });

  test('a route without a target is shown as none', () => {
    expect(rowsOf(api([route('$connect')]))[1]).toBe('  $connect  none    -         none        no');
  });
});

describe('the table of an API on AWS', () => {
  function tableOf(assembly: string, options: ReadOptions = {}): string[] {
    const { apis: [chat], functions } = readApp(assembly, options);
    return routeTable(chat, functions).replaceAll(chat.logicalId, 'ChatApi').split('\n');
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
  ])('names address and authorizer %s', (_, region, connectAuthorizer, host, name) => {
    const assembly = synthesize((stack) => {
      new WebsocketService(stack, 'Chat', {
        routes: { $connect: { function: inlineFunction(stack, 'Fn') } },
        authorizer: name === 'guard' ? ConnectAuthorizer.function(lambda.Function.fromFunctionName(stack, 'Guard', 'guard')) : connectAuthorizer,
      });
    }, region);

    const table = tableOf(assembly, { region: '<region>' });

    expect([table[1], table[table.length - 1]]).toEqual([
      `  url       wss://<ChatApi>.execute-api.${host}/dev`,
      expect.stringMatching(new RegExp(`^  \\$connect  Lambda  Test/Fn   ${name} +no$`)),
    ]);
  });
});

describe('the command that connects', () => {
  const URL = 'ws://localhost:3001/dev';

  function authorizedBy(...identitySource: string[]): Api {
    return api([route('$connect', { authorization: { type: 'CUSTOM', authorizer: authorizer(...identitySource) } })]);
  }

  test.each([
    ['an API without $connect', api([]), `npx wscat -c ${URL}`],
    ['an API that anyone may connect to', api([route('$connect')]), `npx wscat -c ${URL}`],
  ])('%s needs only the URL', (_, served, line) => {
    expect(wscatLine(served, DEV, URL)).toBe(line);
  });

  test('3.3: the headers and the query of the identity sources are placeholders', () => {
    const served = authorizedBy(
      'route.request.header.Authorization', 'route.request.querystring.token', 'route.request.querystring.a b',
      'stageVariables.x', 'context.stage',
    );

    expect(wscatLine(served, DEV, URL)).toBe(`npx wscat -c "${URL}?token=VALUE&a%20b=VALUE" -H "Authorization: VALUE"`);
  });

  describe('3.13: an API key', () => {
    const connect = route('$connect', { apiKeyRequired: true });
    const apiKeys = [{ id: 'other', value: 'other-key', stages: ['prod'] }, { id: 'mine', value: 'my-key', stages: ['dev'] }];

    test('is the one of the stage', () => {
      expect(wscatLine(api([connect], { apiKeys }), DEV, URL)).toBe(`npx wscat -c ${URL} -H "x-api-key: my-key"`);
    });

    test('is a placeholder if the stage has none', () => {
      expect(wscatLine(api([connect], { apiKeys }), stage('test'), URL)).toBe(`npx wscat -c ${URL} -H "x-api-key: VALUE"`);
    });

    test('is not in the line if the authorizer names it', () => {
      const served = api([connect], { apiKeys, apiKeySelectionExpression: '$context.authorizer.usageIdentifierKey' });

      expect(wscatLine(served, DEV, URL)).toBe(`npx wscat -c ${URL}`);
    });
  });
});

test.each([
  ['Stack/Chat/Handler-src%2Fmessages.send', 'src/messages.send'],
  ['Stage/Stack/Chat/Handler-100%25%2Fa.b', '100%/a.b'],
  ['Stack/Send', 'Stack/Send'],
  ['Stack/Chat/Handler-src%2Fmessages.send/Alias', 'Stack/Chat/Handler-src%2Fmessages.send/Alias'],
  ['MOCK', 'MOCK'],
])('the label of %s is %s', (path, label) => {
  expect(functionLabel(path)).toBe(label);
});
