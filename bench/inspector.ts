/**
 * `npx tsx bench/inspector.ts`: how fluid the page at `/_ws` is with 10,000 entries, in headless Chromium: frames while it is scrolled
 * through, and while 1,000 entries a second come; then the filter.
 */
import { chromium } from 'playwright-core';
import { StandInGateway } from '../test/_helpers/stand-in-gateway';
import { conversation, CONNECTIONS } from '../test/_helpers/trace-samples';

const COUNT = 10_000;
const SECONDS = 5;

/** Begins to measure frames; `window.frames()` ends it. */
const MEASURE = `(() => {
  const frames = []; let last = performance.now(); let on = true; let long = 0;
  const observer = new PerformanceObserver((list) => { long += list.getEntries().length; });
  observer.observe({ entryTypes: ['longtask'] });
  const step = (now) => { frames.push(now - last); last = now; if (on) requestAnimationFrame(step); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(step); });
  window.frames = () => { on = false; observer.disconnect(); return { frames, long }; };
})()`;

interface Measured { readonly frames: number[]; readonly long: number }

function report(what: string, { frames, long }: Measured): void {
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  const slow = frames.filter((frame) => frame > 50).length;
  console.log(`${what}: ${frames.length} frames, median ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; `
    + `${slow} over 50 ms, ${long} tasks over 50 ms`);
}

async function main(): Promise<void> {
  const gateway = new StandInGateway();
  const entries = conversation(COUNT + SECONDS * 1000);
  gateway.backlog = entries.slice(0, COUNT);
  gateway.connections = CONNECTIONS;
  const url = await gateway.listen();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const start = Date.now();
    await page.goto(url);
    while (await page.evaluate('document.querySelector(".row")?.getAttribute("aria-setsize")') !== String(COUNT)) await page.waitForTimeout(10);
    console.log(`${COUNT} entries are shown after ${Date.now() - start} ms`);

    await page.evaluate(MEASURE);
    await page.evaluate(`new Promise((resolve) => {
      const list = document.querySelector('.rows'); const from = performance.now();
      const step = (now) => {
        const share = (now - from) / ${SECONDS * 1000};
        list.scrollTop = Math.max(0, 1 - share) * list.scrollHeight;
        if (share < 1) requestAnimationFrame(step); else resolve();
      };
      requestAnimationFrame(step);
    })`);
    report('scrolled through in 5 s', await page.evaluate('frames()') as Measured);

    await page.evaluate('document.querySelector(".newest")?.click()');
    await page.evaluate(MEASURE);
    for (let at = COUNT; at < entries.length; at += 50) {
      gateway.send('entries', entries.slice(at, at + 50));
      await page.waitForTimeout(50);
    }
    report('1,000 entries a second for 5 s', await page.evaluate('frames()') as Measured);

    await page.evaluate(MEASURE);
    await page.locator('#search').pressSequentially('message 17 of', { delay: 60 });
    await page.waitForTimeout(500);
    report('a search is typed', await page.evaluate('frames()') as Measured);
  } finally {
    await browser.close();
    await gateway.close();
  }
}

void main();
