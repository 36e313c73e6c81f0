import { routeTable } from '../../lib/local/route-table';

test('aligns the routes below the URLs', () => {
  const table = routeTable({
    stack: 'Test',
    logicalId: 'ChatApi',
    name: 'Chat',
    stages: [{ url: 'wss://x/dev', callbackUrl: 'https://x/dev' }],
    routes: [
      { routeKey: '$connect', target: 'Lambda', function: 'Test/Connect', authorizer: 'Test/Authorize', twoWay: false },
      { routeKey: 'echo', target: 'MOCK', authorizer: 'none', twoWay: true },
    ],
  });

  expect(table).toBe([
    'Chat (Test, ChatApi)',
    '  url       wss://x/dev',
    '  callback  https://x/dev',
    '',
    '  Route     Target  Function      Authorizer      Two-way',
    '  $connect  Lambda  Test/Connect  Test/Authorize  no',
    '  echo      MOCK    -             -               yes',
  ].join('\n'));
});
