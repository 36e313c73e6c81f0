import type { Api, LambdaFunction, LocalApp, Stage } from '../../lib/local/assembly/local-app';
import { ServedAddresses } from '../../lib/local/served-addresses';

const FIRST = { id: 'Test/First', path: 'Test/First' } as LambdaFunction;
const SECOND = { id: 'Test/Second', path: 'Test/Second' } as LambdaFunction;

function api(logicalId: string, stages: readonly string[], fn?: LambdaFunction): Api {
  const target = fn && { type: 'function' as const, functionId: fn.id };
  return {
    stack: 'Test',
    logicalId,
    name: 'Chat',
    stages: stages.map((name) => ({ name })),
    routes: new Map([['$default', { authorization: { type: 'NONE' }, integration: { target } }]]),
  } as unknown as Api;
}

/** Listens for each API at a port of its own. */
function addresses(...apis: Api[]): ServedAddresses {
  const portOf = (one: Api): number => 3001 + apis.indexOf(one);
  return new ServedAddresses({ apis } as unknown as LocalApp, {
    portOf, addressOf: (one: Api, stage: Stage) => `localhost:${portOf(one)}/${stage.name}`,
  });
}

test('the first stage of the first API that has one is where clients and backends go', () => {
  const served = addresses(api('Bare', []), api('Api', ['dev', 'prod']));

  expect([served.url, served.callbackUrl, served.port]).toEqual(['ws://localhost:3002/dev', 'https://localhost:3002/dev', 3002]);
});

test('APIs of one name are distinguished by stack and logical id', () => {
  const served = addresses(api('One', ['dev']), api('Two', ['dev']));

  expect(served.urls).toEqual({ 'Chat': 'ws://localhost:3001/dev', 'Test/Two': 'ws://localhost:3002/dev' });
});

test('the callback endpoint of a function is at the API that invokes it, without TLS', () => {
  const served = addresses(api('One', ['dev'], FIRST), api('Two', ['prod'], SECOND));

  expect([FIRST, SECOND].map((fn) => served.callbackEndpoint(fn))).toEqual([
    expect.stringMatching(/^http:\/\/localhost:3001\/.+\/dev$/),
    expect.stringMatching(/^http:\/\/localhost:3002\/.+\/prod$/),
  ]);
});
