import { CHAT, stage } from './_helpers/served-app';
import { banner } from '../../../lib/local/terminal/banner';

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

Ctrl-C stops it.

`);
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

test('custom domains are shown with the header by which they are reached here', () => {
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
