import { localhostUrls } from '../../../lib/local/wire/localhost-urls';
import { ServedStage } from '../../../lib/local/wire/served-stage';
import { api, stage } from '../_helpers/local-server';

const chat = stage({ mappings: [{ domainName: 'Chat.example.com', mappingKey: '' }, { domainName: 'ws.example.com', mappingKey: 'v1/chat' }] });
const news = stage({ mappings: [{ domainName: 'ws.example.com', mappingKey: 'v1' }] });
const stages = [
  new ServedStage(api([], { apiId: 'aabbccddee', stages: [chat] }), chat),
  new ServedStage(api([], { apiId: 'ffgghhiijj', stages: [news] }), news),
];
const localize = localhostUrls(stages, (served) => served === stages[0] ? 3001 : 3002);

test.each([
  ['wss://aabbccddee.execute-api.eu-west-1.amazonaws.com/dev', 'ws://localhost:3001/dev'],
  ['https://aabbccddee.execute-api.eu-west-1.amazonaws.com/dev', 'https://localhost:3001/dev'],
  ['aabbccddee.execute-api.eu-west-1.amazonaws.com', 'localhost:3001'],
  ['wss://ffgghhiijj.execute-api.cn-north-1.amazonaws.com.cn/dev', 'ws://localhost:3002/dev'],
  ['https://chat.example.com/@connections', 'https://localhost:3001/@connections'],
  ['https://ws.example.com/v1/chat', 'https://localhost:3001/v1/chat'],
  ['https://WS.example.com/v1/chatter', 'https://localhost:3002/v1/chatter'],
  ['wss://ws.example.com/v1?token=x', 'ws://localhost:3002/v1?token=x'],
  ['https://ws.example.com', 'https://localhost:3001'],
  ['{"dev":"https://aabbccddee.execute-api.eu-west-1.amazonaws.com/dev","v1":"https://ws.example.com/v1"}',
    '{"dev":"https://localhost:3001/dev","v1":"https://localhost:3002/v1"}'],
  [JSON.stringify(JSON.stringify({ beta: 'https://ws.example.com/v1' })), JSON.stringify(JSON.stringify({ beta: 'https://localhost:3002/v1' }))],
  ['{"a":"wss://chat.example.com","b":"https://ffgghhiijj.execute-api.eu-west-1.amazonaws.com"}', '{"a":"ws://localhost:3001","b":"https://localhost:3002"}'],
])('%s leads here: %s', (text, local) => {
  expect(localize(text)).toBe(local);
});

test('each stage of an API leads to its own port', () => {
  // GIVEN
  const [dev, beta] = [stage(), stage({ name: 'beta' })];
  const whole = api([], { stages: [dev, beta] });
  const [first, second] = [new ServedStage(whole, dev), new ServedStage(whole, beta)];
  const endpoint = 'https://aabbccddee.execute-api.eu-west-1.amazonaws.com';

  // WHEN
  const local = localhostUrls([first, second], (served) => served === second ? 3002 : 3001)(
    JSON.stringify({ dev: `${endpoint}/dev`, beta: `${endpoint}/beta`, any: endpoint }));

  // THEN
  expect(JSON.parse(local)).toEqual({ dev: 'https://localhost:3001/dev', beta: 'https://localhost:3002/beta', any: 'https://localhost:3001' });
});

test.each([
  'https://zzzzzzzzzz.execute-api.eu-west-1.amazonaws.com/dev',
  'chat.example.com',
  'https://other.example.com',
  'https://chat.example.com.evil.example',
  'https://sqs.eu-west-1.amazonaws.com/111111111111/queue',
  '',
])('%s stays', (text) => {
  expect(localize(text)).toBe(text);
});
