import { browserTest } from '../_helpers/browser';
import { CONNECTIONS, conversation } from '../_helpers/trace-samples';
import { closeBrowser, rows, until, withInspector } from './_helpers/inspector';

afterAll(closeBrowser);

browserTest('with 10,000 entries, only those that are seen are in the document, wherever it is scrolled to', () => withInspector({
  backlog: conversation(10_000), connections: CONNECTIONS,
}, async ({ page, gateway }) => {
  await until(page, 'document.querySelector(".row")?.getAttribute("aria-setsize") === "10000"');
  const counts: number[] = [];
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    await page.evaluate(`(list => { list.scrollTop = ${share} * list.scrollHeight; })(document.querySelector(".rows"))`);
    // The middle of what is seen is a row.
    await until(page, '(({ x, y, width, height }) => document.elementFromPoint(x + width / 2, y + height / 2).closest(".row") !== null)'
      + '(document.querySelector(".rows").getBoundingClientRect())');
    counts.push(await page.locator('.row').count());
  }
  expect(Math.max(...counts)).toBeLessThan(80);

  // At the end, it follows: the oldest go, and the newest are seen.
  gateway.send('entries', conversation(13_000).slice(10_000));
  await until(page, '[...document.querySelectorAll(".row")].at(-1)?.getAttribute("aria-setsize") === "10000"'
    + ' && [...document.querySelectorAll(".row")].at(-1).getAttribute("aria-posinset") === "10000"');
  const last = conversation(13_000).at(-1)!;
  expect((await rows(page)).at(-1)).toContain(last.type === 'frame' ? last.text.slice(0, 20) : '');

  // In the middle, it stays where it is while others come.
  await page.evaluate('(list => { list.scrollTop = list.scrollHeight / 2; })(document.querySelector(".rows"))');
  await page.getByRole('button', { name: 'Newest' }).waitFor();
  const seen = '(({ x, y }) => document.elementFromPoint(x + 200, y + 40).closest(".row").id)(document.querySelector(".rows").getBoundingClientRect())';
  await until(page, 'document.querySelector(".row").getAttribute("aria-posinset") > 4000');
  const before = await page.evaluate(seen);
  gateway.send('entries', conversation(14_000).slice(13_000));
  await until(page, '[...document.querySelectorAll(".row")].at(-1).getAttribute("aria-setsize") !== "10000" || document.querySelector(".row").getAttribute("aria-posinset") < 4900');

  await expect(page.evaluate(seen)).resolves.toBe(before);
}));
