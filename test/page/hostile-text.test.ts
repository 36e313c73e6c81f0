import * as fs from 'fs';
import * as path from 'path';
import type { TraceEntry } from '../../lib/local/trace';
import { browserTest } from '../_helpers/browser';
import { CHAT, HELLO } from '../_helpers/stand-in-gateway';
import { CONNECTIONS, numbered } from '../_helpers/trace-samples';
import { closeBrowser, until, withInspector } from './_helpers/inspector';

afterAll(closeBrowser);

const PAGE = path.join(__dirname, '..', '..', 'page');

test.each(fs.readdirSync(PAGE).filter((file) => /\.tsx?$/.test(file)))('%s makes no markup of text and evaluates none', (file) => {
  const text = fs.readFileSync(path.join(PAGE, file), 'utf8');

  expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\(|new Function|srcdoc|javascript:/i);
  // A link would lead where a client wants.
  expect(text).not.toMatch(/\bhref=|\bsrc=/);
});

/** Would set `window.broken`, were it markup. */
const evil = (where: string): string => `<img src=x onerror="window.broken='${where}'"><b class="broken">${where}</b><script>window.broken=1</script>`;

const { connectionId } = CONNECTIONS[0];
const [requestId, invocationId, time] = ['r', 'i', Date.UTC(2026, 0, 5)];
const handshake = {
  requestId, url: `/dev?x=${evil('query')}`, rawHeaders: [evil('header name'), evil('header')], sourceIp: '127.0.0.1', api: evil('api'), stage: evil('stage'), time,
};
const ENTRIES: TraceEntry[] = [
  { type: 'connected', connectionId, user: evil('user'), subprotocol: evil('subprotocol'), authorizer: { [evil('key')]: evil('claim') }, ...handshake },
  { type: 'refused', status: 403, body: evil('body'), reason: evil('reason'), ...handshake },
  { type: 'frame', time, connectionId, direction: 'in', text: evil('frame'), requestId, routeKey: evil('route') },
  { type: 'frame', time, connectionId, direction: 'out', text: JSON.stringify({ [evil('member')]: evil('json') }), by: 'error', reason: evil('reason'), requestId },
  { type: 'output', time, functionId: 'F', invocationId, stream: 'stderr', text: evil('line') },
  {
    type: 'invocation',
    time,
    invocationId,
    requestId,
    connectionId,
    functionId: 'F',
    target: evil('target'),
    role: 'route',
    routeKey: evil('route'),
    startedAt: time,
    duration: 1,
    isColdStart: true,
    event: JSON.stringify({ body: evil('event') }),
    answer: evil('answer'),
    error: { type: evil('error'), message: evil('message'), stackTrace: [evil('stack')] },
  },
  { type: 'post', time, verb: 'POST', connectionId, requestId: 'p', status: 410, body: evil('post'), reason: evil('reason') },
  { type: 'store', time, operation: evil('operation'), table: evil('table'), status: 400, duration: 1, input: evil('input'), output: evil('output') },
  { type: 'note', time, kind: 'notice', text: evil('notice') },
  { type: 'disconnected', time, connectionId, code: 1000, reason: evil('close reason'), by: 'client' },
];

const intact = 'window.broken === undefined && document.querySelectorAll(".broken, img, body script").length === 0';

browserTest('what clients, handlers and templates say is text, wherever it is shown', () => withInspector({
  backlog: numbered(ENTRIES),
  hello: {
    ...HELLO,
    version: evil('version'),
    faults: [{ fault: evil('fault'), text: evil('text'), rule: evil('rule') }],
    recording: evil('file'),
    apis: [{
      ...CHAT,
      name: evil('api'),
      authorizer: { identitySources: [evil('source')], isJwt: false },
      routes: [{
        routeKey: evil('route'),
        twoWay: true,
        example: JSON.stringify({ action: evil('route') }),
        model: { description: evil('description'), properties: { action: {}, [evil('property')]: { enum: [evil('enum')] } }, required: [evil('property')] },
      }],
    }],
  },
  connections: [{ ...CONNECTIONS[0], user: evil('user'), rooms: [evil('room')] }],
  clients: [
    { client: 'c', connectionId, url: `ws://localhost/${evil('url')}`, state: 'open', name: evil('client') },
    { client: 'd', url: 'ws://localhost', state: 'closed', refused: { status: 400, body: evil('refused') } },
    { client: 'e', url: 'ws://localhost', state: 'closed', code: 1000, reason: evil('closed') },
  ],
  answers: { 'DELETE /faults': { status: 400, json: { message: evil('answer') } } },
}, async ({ page }) => {
  const shown = (text: string): Promise<void> => until(page, `document.body.textContent.includes(${JSON.stringify(evil(text))})`);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  for (const texts of [
    ['user', 'room', 'query', 'header', 'header name', 'subprotocol', 'api', 'stage'], ['body', 'reason'], ['frame', 'route'], ['reason'], ['line'],
    ['error', 'message', 'stack', 'target', 'answer'], ['post', 'reason'], ['operation', 'table', 'input', 'output'], ['notice'], ['close reason'],
  ]) {
    for (const text of texts) await shown(text);
    expect(await page.evaluate(intact)).toBe(true);
    await page.keyboard.press('j');
  }
  await page.keyboard.press('3');
  await page.getByRole('button', { name: 'Clear all' }).click();
  for (const text of ['fault', 'text', 'rule', 'answer']) await shown(text);
  await page.keyboard.press('2');
  for (const text of ['client', 'refused', 'closed', 'route', 'property', 'enum']) await shown(text);
  await page.keyboard.press('n');
  await shown('source');

  expect(await page.evaluate(intact)).toBe(true);
}));
