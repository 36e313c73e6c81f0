import { browserTest } from '../_helpers/browser';
import { CHAT, HELLO } from '../_helpers/stand-in-gateway';
import { CONNECTIONS, conversation } from '../_helpers/trace-samples';
import { closeBrowser, until, withInspector } from './_helpers/inspector';

afterAll(closeBrowser);

const CLIENTS = ['ann', 'bob'].map((name, at) => ({
  client: String(at + 1), connectionId: CONNECTIONS[at].connectionId, url: `${CHAT.url}?token=x`, state: 'open', name,
}));
const GIVEN = { backlog: conversation(63), connections: CONNECTIONS, clients: CLIENTS };

browserTest('connects a client with a token of the issuer, query, headers and subprotocols', () => withInspector({
  answers: { 'POST /token': { status: 200, json: { token: 'a.b.c', expiresAt: 0 } }, 'POST /clients': { status: 200, json: { client: '1' } } },
}, async ({ page, gateway }) => {
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'New client' });
  await dialog.getByLabel('sub', { exact: true }).fill('cy');
  await dialog.getByLabel('Claims').fill('group=x\nrole=admin');
  await dialog.getByRole('button', { name: 'Get a token' }).click();
  await until(page, 'document.querySelector("dialog textarea").value === "a.b.c"');
  await dialog.getByLabel('Query, one a line').fill('room=lobby\nq=a=b');
  await dialog.getByLabel('Headers, one a line').fill('X-Version: 2');
  await dialog.getByLabel('Subprotocols').fill('v1, v2');
  await dialog.getByRole('button', { name: 'Connect' }).click();
  await dialog.waitFor({ state: 'detached' });

  expect(gateway.calls).toEqual([
    { method: 'POST', path: '/token', body: { sub: 'cy', claims: { group: 'x', role: 'admin' } } },
    {
      method: 'POST',
      path: '/clients',
      body: { url: CHAT.url, token: 'a.b.c', query: { room: 'lobby', q: 'a=b' }, headers: { 'X-Version': '2' }, subprotocols: ['v1', 'v2'] },
    },
  ]);
}));

browserTest('shows what the gateway refuses, and who was refused', () => withInspector({
  answers: { 'POST /clients': { status: 400, json: { message: 'at most 50 clients are open at a time: close one' } } },
  clients: [{ client: '3', url: CHAT.url, state: 'closed', name: 'cy', refused: { status: 401, body: '{"message":"Unauthorized"}' } }],
}, async ({ page }) => {
  await page.keyboard.press('n');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('alert').getByText('at most 50 clients are open at a time: close one').waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('article', { name: 'Client cy' }).getByText('refused with 401: {"message":"Unauthorized"}').waitFor();
}));

browserTest('makes a message by form or as JSON, which are the same thing', () => withInspector(GIVEN, async ({ page, gateway }) => {
  await page.keyboard.press('2');
  const card = page.getByRole('article', { name: 'Client ann' });
  const text = card.getByLabel('Message of ann');

  await card.getByLabel('text', { exact: true }).fill('Hi <b>all</b>');
  for (const part of ['mood', 'loud', 'size', 'from', 'tags']) await card.getByRole('button', { name: `Add ${part}`, exact: true }).click();
  await card.getByRole('combobox', { name: 'mood' }).selectOption('cross');
  await card.getByRole('checkbox', { name: 'loud' }).check();
  await card.getByRole('spinbutton', { name: 'size' }).fill('7');
  await card.getByRole('button', { name: 'Add name' }).click();
  await card.getByLabel('name', { exact: true }).fill('Ann');
  await card.getByRole('button', { name: 'Add to tags' }).click();
  await card.getByRole('textbox', { name: 'tags 1' }).fill('new');
  await card.getByRole('button', { name: 'Remove size' }).click();
  const made = { action: 'say', room: 'lobby', text: 'Hi <b>all</b>', mood: 'cross', loud: true, from: { name: 'Ann' }, tags: ['new'] };
  expect(JSON.parse(await text.inputValue())).toEqual(made);

  // What the schema does not know stays.
  await text.fill('{"action":"say","room":"kitchen","text":"x","id":5,"__proto__":{"a":1}}');
  await until(page, '[...document.querySelectorAll("[aria-label=\'Client ann\'] label")].some((label) => label.textContent === "room" && label.control.value === "kitchen")');
  await card.getByLabel('text', { exact: true }).fill('y');
  await card.getByRole('button', { name: 'Send', exact: true }).click();
  await text.fill('no JSON');
  await card.getByText('not JSON: sent as it is, to $default').waitFor();
  await text.press('Control+Enter');
  while (gateway.calls.length < 2) await page.evaluate('new Promise(requestAnimationFrame)');

  expect(gateway.calls).toEqual([
    { method: 'POST', path: '/clients/1/send', body: { text: '{"action":"say","room":"kitchen","text":"y","id":5,"__proto__":{"a":1}}' } },
    { method: 'POST', path: '/clients/1/send', body: { text: 'no JSON' } },
  ]);
}));

browserTest('has several clients side by side, sends again, closes and removes', () => withInspector(GIVEN, async ({ page, gateway }) => {
  await page.keyboard.press('2');
  const [ann, bob] = ['ann', 'bob'].map((name) => page.getByRole('article', { name: `Client ${name}` }));
  const [left, right] = [(await ann.boundingBox())!, (await bob.boundingBox())!];
  expect([left.y, left.x + left.width < right.x]).toEqual([right.y, true]);

  await bob.getByRole('button', { name: /^Send again/ }).first().click();
  await bob.getByRole('button', { name: 'Disconnect bob' }).click();
  await ann.getByRole('button', { name: 'Remove ann' }).click();
  // From the timeline, into the messages of all.
  await page.keyboard.press('1');
  await page.locator('.row.in').last().click();
  await page.getByRole('button', { name: 'Send again' }).click();
  await until(page, '[...document.querySelectorAll("article textarea")].every((text) => text.value.includes("message 9 of ann"))');

  expect(gateway.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /clients/2/send', 'POST /clients/2/close', 'DELETE /clients/1']);
  expect(gateway.calls[0].body).toEqual({ text: '{"action":"say","room":"lobby","text":"message 1 of bob","id":1}' });
}));

browserTest('every fault is a click away, with its arguments', () => withInspector({
  ...GIVEN,
  hello: { ...HELLO, faults: [{ fault: 'throttle', text: 'five a second', rule: '8.1' }] },
  answers: { 'POST /faults': { status: 204 } },
}, async ({ page, gateway }) => {
  await page.keyboard.press('3');
  const panel = page.getByRole('complementary', { name: 'Faults' });
  await panel.getByText('throttle five a second rule 8.1').waitFor();
  const forms = panel.getByRole('form');
  for (let at = 0; at < await forms.count(); at++) await forms.nth(at).getByRole('button').click();
  await panel.getByLabel('End connections').getByLabel('Connection').selectOption(CONNECTIONS[1].connectionId);
  const ends = panel.getByLabel('End connections').getByRole('button');
  for (let at = 0; at < await ends.count(); at++) await ends.nth(at).click();
  for (const time of ['10 minutes', '2 hours']) await panel.getByRole('button', { name: `Advance ${time}` }).click();
  await panel.getByText('The clock is 2 hours ahead.').waitFor();
  await panel.getByRole('button', { name: 'Clear all' }).click();
  await panel.getByText('All faults are cleared.').waitFor();

  const connection = CONNECTIONS[1].connectionId;
  expect(gateway.calls.map(({ body }) => body)).toEqual([
    { fault: 'refuse', status: 403 }, { fault: 'posts', status: 410 }, { fault: 'handler', route: '$default', delay: 3000 },
    { fault: 'handler', route: '$default', kill: true }, { fault: 'disconnect', delay: 30000 }, { fault: 'disconnect', lose: true },
    { fault: 'coldStart', milliseconds: 1500 }, { fault: 'throttle', perSecond: 5 }, { fault: 'random', seed: 1 },
    ...['idle', 'duration', 'delete', 'deployment', 'cut', 'half-open'].map((how) => ({ fault: 'end', how, connection })),
    { fault: 'end', how: 'stall', connection, seconds: 10 }, { fault: 'advance', milliseconds: 600_000 }, { fault: 'advance', milliseconds: 7_200_000 }, undefined,
  ]);
}));
