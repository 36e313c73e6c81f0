import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../_helpers/browser';
import { StandInGateway } from '../../_helpers/stand-in-gateway';

/** Milliseconds, less than a test has. */
const PATIENCE = 60_000;

let browser: Browser | undefined;

/** Ends the browser of a suite. */
export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

export interface Inspector {
  readonly gateway: StandInGateway;
  readonly page: Page;
}

/**
 * Opens the page of a gateway that plays what is given, looks at it, and checks that nothing went wrong unseen: an error of the page, or
 * something that its Content-Security-Policy forbids.
 */
export async function withInspector(
  given: Partial<StandInGateway>, look: (inspector: Inspector) => Promise<void>, options: BrowserContextOptions = {},
): Promise<void> {
  browser ??= await launchBrowser();
  const gateway = Object.assign(new StandInGateway(), given);
  const url = await gateway.listen();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const problems: string[] = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => problems.push(String(error.stack)));
    page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) problems.push(message.text()); });
    page.on('request', (request) => { if (!request.url().startsWith(url)) problems.push(`asked for ${request.url()}`); });
    await page.goto(url);
    await page.getByText('live', { exact: true }).waitFor();
    await look({ gateway, page });
  } finally {
    await context.close();
    await gateway.close();
  }
  expect(problems).toEqual([]);
}

/** The rows that are in the document, as text. */
export function rows(page: Page): Promise<string[]> {
  return page.locator('.row').allInnerTexts().then((texts) => texts.map((text) => text.replace(/\s+/g, ' ')));
}

/** Waits until an expression is true in the page. Playwright's own `waitForFunction` would evaluate it there, which the page forbids. */
export async function until(page: Page, expression: string): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (await page.evaluate(expression) !== true) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE} ms: ${expression}`);
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
}
