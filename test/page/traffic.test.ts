import { browserTest } from '../_helpers/browser';
import { CONNECTIONS, conversation, numbered } from '../_helpers/trace-samples';
import { closeBrowser, rows, until, withInspector } from './_helpers/inspector';

afterAll(closeBrowser);

const GIVEN = { backlog: conversation(63), connections: CONNECTIONS };
const TIME = Date.UTC(2026, 0, 5);

browserTest('shows who is connected, with user, rooms and state', () => withInspector(GIVEN, async ({ page }) => {
  const list = page.getByRole('region', { name: 'Connections' });

  await expect(list.getByRole('button').nth(2).innerText().then((text) => text.replace(/\s+/g, ' ')))
    .resolves.toMatch(/^open cy .* Kq5qS_Ik Chat\/dev idle .* lobby kitchen$/);
}));

browserTest('links the entries of a request, and shows event, answer and lines of an invocation', () => withInspector(GIVEN, async ({ page }) => {
  await page.locator('.row.run').last().click();

  const details = page.getByRole('complementary', { name: 'Details' });
  await expect(details.locator('.request .kind').allInnerTexts()).resolves.toEqual(['in', 'log', 'run', 'out']);
  await expect(page.locator('.row.linked .kind').allInnerTexts()).resolves.toEqual(['in', 'log', 'run', 'out']);
  const tags = await page.locator('.row.linked .tag').allInnerTexts();
  expect([new Set(tags).size, tags[0]]).toEqual([1, expect.stringMatching(/^#\d+$/)]);
  await expect(details.getByRole('region', { name: 'Event', exact: true }).locator('pre').innerText()).resolves.toContain('"routeKey": "say"');
  await expect(details.getByRole('region', { name: 'Answer', exact: true }).locator('pre').innerText()).resolves.toContain('"statusCode": 200');
  await expect(details.getByRole('region', { name: 'Log, one line', exact: true }).innerText()).resolves.toContain('says something in lobby');
}));

browserTest('shows the stack of an error', () => withInspector({ backlog: conversation(120) }, async ({ page }) => {
  await page.locator('.row.run.failed').click();

  await expect(page.getByRole('region', { name: 'TypeError', exact: true }).locator('pre').innerText())
    .resolves.toBe('JSON.pasre is not a function\n    at say (src/rooms.ts:7:25)');
}));

browserTest('copies what it shows', () => withInspector(GIVEN, async ({ page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.locator('.row.run').last().click();
  await page.getByRole('button', { name: 'Copy Answer' }).click();
  await page.getByRole('button', { name: 'Copied Answer' }).waitFor();

  await expect(page.evaluate('navigator.clipboard.readText()')).resolves.toBe('{\n  "statusCode": 200,\n  "body": "{\\"delivered\\":2}"\n}');
}));

browserTest('filters by connection, kind, route and text', () => withInspector(GIVEN, async ({ page }) => {
  // A connection has its lines too, whose connection the invocation alone knows.
  await page.getByRole('region', { name: 'Connections' }).getByRole('button', { name: /bob/ }).click();
  await until(page, '[...document.querySelectorAll(".row .who")].every((who) => who.textContent === "bob")');
  await expect(page.locator('.row.log').count()).resolves.toBeGreaterThan(0);
  await page.getByRole('combobox', { name: 'Connection' }).selectOption('All connections');

  for (const kind of ['in', 'out', 'run', 'store', 'open']) await page.getByRole('group', { name: 'Kinds of entries' }).getByRole('button', { name: kind, exact: true }).click();
  await until(page, '[...document.querySelectorAll(".row .kind")].every((kind) => kind.textContent === "log")');
  await expect(page.locator('.row').count()).resolves.toBe(10);

  await page.getByRole('searchbox').fill('BOB SAYS');
  await until(page, 'document.querySelectorAll(".row").length === 3');
  await expect(rows(page)).resolves.toEqual(Array(3).fill(expect.stringContaining('bob says something in lobby')));

  await page.getByRole('searchbox').fill('nothing has this');
  await page.getByText('None of 63 entries passes the filter.').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.locator('.row.store').first().waitFor();
  await page.getByRole('combobox', { name: 'Route' }).selectOption('say');
  await until(page, 'document.querySelectorAll(".row.store, .row.open").length === 0 && document.querySelectorAll(".row.log").length > 0');
}));

browserTest('holds what comes while it is paused, and forgets what is cleared', () => withInspector(GIVEN, async ({ page, gateway }) => {
  await page.getByRole('button', { name: 'Pause' }).click();
  gateway.send('entries', numbered([{ type: 'note', time: TIME, kind: 'rebuild', text: 'built again' }], 64));
  await page.getByRole('button', { name: 'Go on (1 new)' }).waitFor();
  await expect(page.getByText('built again').count()).resolves.toBe(0);
  await page.getByRole('button', { name: 'Go on (1 new)' }).click();
  await page.getByText('built again').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();

  await page.getByText('Nothing has happened yet.').waitFor();
  await expect(page.locator('.row').count()).resolves.toBe(0);
}));

browserTest('says where entries are missing', () => withInspector(GIVEN, async ({ page, gateway }) => {
  gateway.send('entries', [{ n: 2_000, type: 'gap', lost: 1_937 }, { n: 2_001, type: 'note', time: TIME, kind: 'notice', text: 'later' }]);

  await page.getByText('1,937 entries are missing here: they came faster than this page could read them').waitFor();
}));

browserTest('tells a screen reader who came and went, and nothing else', () => withInspector(GIVEN, async ({ page, gateway }) => {
  const status = page.getByRole('status');
  await until(page, 'document.querySelector("[role=status]").textContent === "ann, bob, cy connected"');
  gateway.send('entries', numbered([{ type: 'note', time: TIME, kind: 'rebuild', text: 'built again' }], 64));
  await page.getByText('built again').waitFor();
  await expect(status.innerText()).resolves.toBe('ann, bob, cy connected');
  gateway.send('connections', CONNECTIONS.slice(1));

  await until(page, 'document.querySelector("[role=status]").textContent === "ann disconnected"');
}));

browserTest('shows that the gateway is away, comes back by itself, and takes a new gateway for one', async () => {
  await withInspector(GIVEN, async ({ page, gateway }) => {
    const { port } = gateway;
    await gateway.close();
    await page.getByText('gateway does not answer, trying again').waitFor();
    await page.getByText('Unknown while the gateway does not answer.').waitFor();
    gateway.run = 'b2';
    gateway.backlog = numbered([{ type: 'note', time: TIME, kind: 'synthesis', text: 'of the new gateway' }]);
    await gateway.listen(port);
    await page.getByText('live', { exact: true }).waitFor();

    await page.getByText('of the new gateway', { exact: false }).last().waitFor();
    expect((await rows(page)).slice(-2)).toEqual([expect.stringContaining('the gateway was restarted'), expect.stringContaining('of the new gateway')]);
  });
});

browserTest('shows nothing twice when the stream of the same gateway comes again', () => withInspector(GIVEN, async ({ page, gateway }) => {
  const before = await rows(page);
  const { port } = gateway;
  await gateway.close();
  await page.getByText('gateway does not answer, trying again').waitFor();
  await gateway.listen(port);
  await page.getByText('live', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Connections' }).getByRole('button', { name: /ann/ }).waitFor();

  await expect(rows(page)).resolves.toEqual(before);
}));
