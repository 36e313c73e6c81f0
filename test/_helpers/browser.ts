import * as fs from 'fs';
import { Browser, chromium, Page } from 'playwright-core';

/** A browser that is installed; `CHROMIUM` names another one. */
const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((file) => file && fs.existsSync(file));

/** Skipped, and said so, where there is no browser. */
export const browserTest = CHROMIUM ? test : test.skip;
if (!CHROMIUM) process.stderr.write('tests in a browser are skipped: there is no Chromium; CHROMIUM=<file> names one\n');

/** For suites that look at many pages. Whoever calls it closes it. */
export function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', ...args] });
}

/**
 * Runs something with an empty page.
 *
 * @param args more for the browser's command line
 */
export async function withPage<T>(run: (page: Page) => Promise<T>, args: readonly string[] = []): Promise<T> {
  const browser = await launchBrowser(args);
  try {
    return await run(await browser.newPage());
  } finally {
    await browser.close();
  }
}
