import { browserTest } from '../_helpers/browser';
import { CONNECTIONS, conversation } from '../_helpers/trace-samples';
import { closeBrowser, until, withInspector } from './_helpers/inspector';

afterAll(closeBrowser);

browserTest('everything can be reached by the keyboard', () => withInspector({ backlog: conversation(40), connections: CONNECTIONS }, async ({ page }) => {
  const selected = page.locator('.row[aria-selected=true]');
  const { keyboard } = page;

  // The last entry, the one above it, its details.
  for (const key of ['k', 'k']) await keyboard.press(key);
  await expect(selected.getAttribute('aria-posinset')).resolves.toBe('39');
  await keyboard.press('j');
  await expect(selected.getAttribute('aria-posinset')).resolves.toBe('40');
  await keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Details' }).waitFor();

  // Back into the list, where the arrows move.
  await keyboard.press('Escape');
  await page.getByRole('complementary').waitFor({ state: 'detached' });
  await keyboard.press('Home');
  await until(page, 'document.querySelector(".row[aria-selected=true]")?.getAttribute("aria-posinset") === "1"');
  await keyboard.press('ArrowDown');
  await until(page, 'document.querySelector(".row[aria-selected=true]")?.getAttribute("aria-posinset") === "2"');
  await expect(page.getByRole('listbox').getAttribute('aria-activedescendant')).resolves.toBe(await selected.getAttribute('id'));

  // Letters are letters where something is typed.
  await keyboard.press('/');
  await until(page, 'document.activeElement.id === "search"');
  await keyboard.type('jk3?');
  await expect(page.getByRole('searchbox').inputValue()).resolves.toBe('jk3?');
  await keyboard.press('Escape');
  await expect(page.evaluate('document.activeElement.tagName')).resolves.toBe('BODY');

  await keyboard.press('?');
  await page.getByRole('dialog', { name: 'Help' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await keyboard.press('3');
  await page.getByRole('complementary', { name: 'Faults' }).waitFor();
  await keyboard.press('n');
  await page.getByRole('dialog', { name: 'New client' }).waitFor();
}));

browserTest('shows where the focus is', () => withInspector({ backlog: conversation(10) }, async ({ page }) => {
  const seen = new Set<string>();
  for (let at = 0; at < 25; at++) {
    await page.keyboard.press('Tab');
    seen.add(await page.evaluate('document.activeElement === document.body ? "solid" : getComputedStyle(document.activeElement).outlineStyle'));
  }

  expect([...seen]).toEqual(['solid']);
}));
