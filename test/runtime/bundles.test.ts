import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which this repository has
import { build, BuildOptions } from 'esbuild';
import { FakeAws } from './_helpers/fake-aws';
import { recordConnection } from '../../lib/runtime/store/connections';
import { enter } from '../../lib/runtime/store/membership';
import { Dynoxide, startDynoxide } from '../_helpers/dynoxide';

const RUNTIME = path.resolve('lib/runtime');
const SEND = 'const send = (id) => connection(id).send("x"), rooms = (id) => connection(id).rooms();';

/** How code gets at `connection`: alone, as bundlers shake it; all, as `require` has it; beside the store; beside the wrapper of the construct. */
const BUNDLES: Readonly<Record<string, { code: string; format: BuildOptions['format']; hasStore: boolean }>> = {
  alone: { code: `import { connection } from '${RUNTIME}/index.mjs'; ${SEND} export { send, rooms };`, format: 'esm', hasStore: false },
  required: { code: `const { connection } = require('${RUNTIME}/index.js'); ${SEND} module.exports = { send, rooms };`, format: 'cjs', hasStore: true },
  room: {
    code: `import { connection, room } from '${RUNTIME}/index.mjs'; ${SEND} export const emit = room('a').emit; export { send, rooms };`,
    format: 'esm',
    hasStore: true,
  },
  tracked: {
    code: `import { tracked } from '${RUNTIME}/tracked.mjs'; import { connection } from '${RUNTIME}/index.mjs'; ${SEND}
      export const handler = tracked(async () => undefined); export { send, rooms };`,
    format: 'esm',
    hasStore: true,
  },
};

let folder: string;
let database: Dynoxide;
let [api, lambda]: FakeAws[] = [];
const environment = { ...process.env };

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bundles-'));
  [database, api, lambda] = await Promise.all([startDynoxide(), FakeAws.start(), FakeAws.start()]);
  lambda.answer = () => ({ status: 202 });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    WEBSOCKET_CALLBACK_URLS: JSON.stringify({ dev: `${api.url}/dev`, prod: `${api.url}/prod` }),
    WEBSOCKET_STORE: JSON.stringify({ table: database.table, fanOut: 'fan-out' }),
  });
});
afterAll(async () => {
  process.env = environment;
  fs.rmSync(folder, { recursive: true });
  await Promise.all([database.stop(), api.stop(), lambda.stop()]);
});

test.each(Object.entries(BUNDLES))('%s: the stage, the rooms and the end of a bare id', async (name, { code, format, hasStore }) => {
  // GIVEN two connections of the second stage, which have ended: one long ago, the other one is 2 s old
  const [old, young] = [`old-${name}=`, `young-${name}=`];
  const stage = 'prod';
  for (const [id, age] of [[old, 60_000], [young, 2_000]] as const) {
    const at = Date.now() - age;
    await recordConnection({ id, stage, at });
    await enter('lobby', { id, stage, at }, { announce: false });
  }
  api.reset();
  lambda.arrived.length = 0;
  api.answer = () => ({ status: 410 });
  const outfile = path.join(folder, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({ stdin: { contents: code, resolveDir: '.' }, bundle: true, minify: true, platform: 'node', target: 'node20', format, outfile });
  const script = `import(${JSON.stringify(outfile)}).then(async ({ send, rooms }) => console.log(JSON.stringify([
    await rooms('${old}'), await send('${old}'), await send('${young}'),
  ])));`;

  // WHEN
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env: { ...process.env }, encoding: 'utf8' });

  // THEN
  const none = { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };
  expect(JSON.parse(stdout)).toEqual([['lobby'], { ...none, gone: [old] }, { ...none, pending: [young] }]);
  expect(api.arrived.map((request) => request.path)).toEqual([old, young].map((id) => `/prod/@connections/${encodeURIComponent(id)}`));
  const keys = (await database.call('Scan', { TableName: database.table })).Items as { pk: { S: string }; sk: { S: string } }[];
  const left = keys.map(({ pk, sk }) => `${pk.S}/${sk.S}`).filter((key) => key.includes(name)).sort();
  expect(left).toEqual([...hasStore ? [] : [`C#${old}/C`, `R#lobby/${old}`], `C#${young}/C`, `R#lobby/${young}`].sort());
  expect(lambda.arrived.map(({ body }) => body.toString())).toEqual(hasStore ? [] : [JSON.stringify({ gone: old })]);
});

test('a handler that only sends is small', async () => {
  const contents = `import { connection } from '${RUNTIME}/index.mjs';
    export const handler = (event) => connection(event.requestContext.connectionId).send(event.body);`;

  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '.' }, bundle: true, minify: true, platform: 'node', target: 'node20', format: 'esm', write: false,
  });

  expect(outputFiles[0].contents.length).toBeLessThan(12_000);
});
