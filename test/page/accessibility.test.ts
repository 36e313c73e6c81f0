import * as fs from 'fs';
import type { Page } from 'playwright-core';
import { browserTest } from '../_helpers/browser';
import { CHAT, HELLO } from '../_helpers/stand-in-gateway';
import { CONNECTIONS, conversation } from '../_helpers/trace-samples';
import { closeBrowser, withInspector } from './_helpers/inspector';

afterAll(closeBrowser);

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const GIVEN = {
  backlog: conversation(120),
  connections: CONNECTIONS.map((one, at) => ({ ...one, state: ['open', 'stalled', 'half-open'][at] })),
  clients: [
    { client: '1', connectionId: CONNECTIONS[0].connectionId, url: CHAT.url, state: 'open', name: 'ann' },
    { client: '2', url: CHAT.url, state: 'closed', name: 'bob', refused: { status: 403, body: 'Forbidden' } },
    { client: '3', url: CHAT.url, state: 'closed', name: 'cy', code: 1001, reason: 'Going away' },
  ],
  hello: { ...HELLO, faults: [{ fault: 'throttle', text: 'five a second', rule: '8.1' }], recording: 'session.jsonl' },
};

/** What axe finds, each with its element. */
async function found(page: Page, where: string): Promise<string[]> {
  const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })') as { violations: Array<{ id: string; nodes: Array<{ html: string }> }> };
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${where}: ${id}: ${html}`));
}

const overflow = 'document.documentElement.scrollWidth - innerWidth + Math.max(...["main", "header", "aside", ".play", ".dialog"].map((name) => { '
  + 'const one = document.querySelector(name); return one ? one.scrollWidth - one.clientWidth : 0; }))';

/** Each scheme and each width once; `npm run test:all` looks at the other two as well. */
const LOOKS = [['light', 360], ['dark', 1280], ...process.env.THOROUGH ? [['dark', 360], ['light', 1280]] as const : []] as const;

describe.each(LOOKS)('in %s colours, %d pixels wide', (colorScheme, width) => {
  browserTest('axe finds nothing, and nothing is wider than the window', () => (
    withInspector(GIVEN, async ({ page }) => {
      await page.evaluate(AXE);
      const problems: string[] = [];
      const check = async (where: string): Promise<void> => {
        problems.push(...await found(page, where));
        const wide = await page.evaluate(overflow) as number;
        if (wide > 0) problems.push(`${where}: ${wide} pixels too wide`);
      };
      const { keyboard } = page;
      await check('traffic');
      await page.locator('.row.run').last().click();
      await check('details');
      await keyboard.press('Escape');
      await keyboard.press('3');
      await page.getByRole('complementary', { name: 'Faults' }).waitFor();
      await check('faults');
      await keyboard.press('Escape');
      await keyboard.press('4');
      await check('connections');
      await keyboard.press('2');
      await page.getByRole('article').first().waitFor();
      await check('playground');
      await keyboard.press('n');
      await page.getByRole('dialog').waitFor();
      await check('new client');
      await keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await check('help');

      expect(problems).toEqual([]);
    }, { colorScheme, viewport: { width, height: 800 } })
  ));
});

browserTest('moves nothing where less motion is wanted', () => withInspector(GIVEN, async ({ page }) => {
  const moving = await page.evaluate('[...document.querySelectorAll("*")].filter((one) => { const { animationName, transitionDuration } = getComputedStyle(one); '
    + 'return animationName !== "none" || transitionDuration !== "0s"; }).length');

  expect(moving).toBe(0);
}, { reducedMotion: 'reduce' }));
