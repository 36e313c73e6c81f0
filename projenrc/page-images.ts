/* eslint-disable no-bitwise -- the check of a PNG is made of bits */
import { spawn } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import * as zlib from 'zlib';
import { chromium, Page } from 'playwright-core';
import { tokenFor } from '../examples/chat/login';

const ROOT = path.join(__dirname, '..');
const IMAGES = path.join(ROOT, 'docs', 'images');
const SIZES = { wide: { width: 1280, height: 720 }, phone: { width: 390, height: 844 } } as const;

/** `npx tsx projenrc/page-images.ts`: looks at the inspector of a gateway that serves examples/chat, for docs/inspector.md. */
async function main(): Promise<void> {
  fs.mkdirSync(IMAGES, { recursive: true });
  const gateway = spawn(process.execPath, [path.join(ROOT, 'bin', 'cdk-websocket-service'), 'local', '--port', '0'], {
    cwd: path.join(ROOT, 'examples', 'chat'), stdio: ['ignore', 'pipe', 'inherit'],
  });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      gateway.stdout.on('data', (text: Buffer) => {
        const [found] = /http:\/\/localhost:\d+\/_ws/.exec(printed += text) ?? [];
        if (found) resolve(found);
      });
      gateway.on('exit', () => reject(new Error(`the gateway ended:\n${printed}`)));
    });
    await talk(url);
    await photograph(await browser.newPage({ viewport: SIZES.wide, colorScheme: 'light' }), url, 'light');
    await photograph(await browser.newPage({ viewport: SIZES.wide, colorScheme: 'dark' }), url, 'dark');
    await photograph(await browser.newPage({ viewport: SIZES.phone, colorScheme: 'light' }), url, 'phone');
  } finally {
    await browser.close();
    gateway.kill('SIGTERM');
  }
}

/** Three people in two rooms, and one who may not in. */
async function talk(url: string): Promise<void> {
  const post = async (where: string, body: unknown): Promise<{ readonly client: string }> => {
    const response = await fetch(`${url}${where}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    return (response.status === 204 ? {} : await response.json()) as { readonly client: string };
  };
  const clients: string[] = [];
  for (const name of ['ann', 'bob', 'cy']) clients.push((await post('/clients', { path: '/dev', token: tokenFor(name), name })).client);
  await post('/clients', { path: '/dev', token: 'made up', name: 'eve' });
  const say = (at: number, message: object): Promise<unknown> => post(`/clients/${clients[at]}/send`, { text: JSON.stringify(message) });
  for (const at of [0, 1, 2]) await say(at, { action: 'join', room: 'lobby', id: at });
  await say(2, { action: 'join', room: 'kitchen', id: 3 });
  const texts = ['Good morning', 'Is the table free at noon?', 'It is. Soup or bread?', 'Soup, please', 'See you there'];
  for (const [at, text] of texts.entries()) await say(at % 3, { action: 'say', room: 'lobby', text, id: 4 + at });
  await say(0, { action: 'say', room: 'lobby', id: 9 });
}

async function photograph(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  // All that was said has come to all who hear it.
  await page.getByText('See you there').nth(5).waitFor({ state: 'attached' });
  if (name !== 'phone') await page.locator('.row.run', { hasText: 'say' }).last().click();
  const file = path.join(IMAGES, `inspector-${name}.png`);
  await page.screenshot({ path: file });
  fs.writeFileSync(file, withPalette(fs.readFileSync(file)));
}

/** A PNG with a palette of its most frequent colours: a third of the bytes. */
function withPalette(png: Buffer): Buffer {
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const colours = unfiltered(zlib.inflateSync(Buffer.concat(data)), width * channels, height, channels);
  const counts = new Map<number, number>();
  const pixels = Array.from({ length: width * height }, (_, at) => colours.readUIntBE(at * channels, 3));
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 128).map(([colour]) => colour);
  const nearest = new Map([...counts.keys()].map((colour) => [colour, palette.reduce((best, one, at) => (
    distance(one, colour) < distance(palette[best], colour) ? at : best), 0)]));
  const rows = Array.from({ length: height }, (_, row) => (
    Buffer.from([0, ...pixels.slice(row * width, (row + 1) * width).map((pixel) => nearest.get(pixel)!)])
  ));
  const head = Buffer.from(png.subarray(16, 29));
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    png.subarray(0, 8), chunk('IHDR', head), chunk('PLTE', Buffer.concat(palette.map((colour) => Buffer.from([colour / 65536, colour / 256, colour])))),
    chunk('IDAT', zlib.deflateSync(Buffer.concat(rows), { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ]);
}

function distance(a: number, b: number): number {
  return [65536, 256, 1].reduce((sum, unit) => sum + (Math.floor(a / unit) % 256 - Math.floor(b / unit) % 256) ** 2, 0);
}

function unfiltered(bytes: Buffer, stride: number, height: number, channels: number): Buffer {
  const out = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = bytes[row * (stride + 1)];
    for (let at = 0; at < stride; at++) {
      const left = at < channels ? 0 : out[row * stride + at - channels];
      const up = row === 0 ? 0 : out[(row - 1) * stride + at];
      const corner = row === 0 || at < channels ? 0 : out[(row - 1) * stride + at - channels];
      const [byLeft, byUp, byCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
      const paeth = byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
      out[row * stride + at] = bytes[row * (stride + 1) + 1 + at] + [0, left, up, Math.floor((left + up) / 2), paeth][filter];
    }
  }
  return out;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, check]);
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value = (value ^ byte) >>> 0;
    for (let bit = 0; bit < 8; bit++) value = value % 2 === 1 ? (Math.floor(value / 2) ^ 0xedb88320) >>> 0 : Math.floor(value / 2);
  }
  return (value ^ 0xffffffff) >>> 0;
}

void main();
