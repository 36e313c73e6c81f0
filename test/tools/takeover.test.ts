/**
 * A takeover, carried out: what Serverless has compiled is deployed, then `cdk deploy` of the migrated app updates the same stack, then
 * Serverless deploys again. The AWS of this test is ministack, an emulator that others wrote.
 *
 * What ministack does not prove:
 * - `test/tools/_takeover/emulated-template.ts` says what is left out of all templates: deployments, route responses, the account's role.
 * - A resource is replaced where ministack knows that a property requires it. What the schemas say is compared in `test/serverless`.
 * - A warm function behind an alias stays the version that it was when the alias moves on, so that its answers are those of the old code.
 * - An open socket stays served by the routes of the API, since there are no deployments; AWS serves the new deployment alike.
 * - The ARNs of permissions, the policies of roles and the policy of the bucket are stored, and not enforced.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { cdk } from './_takeover/cdk';
import { DeployedStack, StackEvent, StackResource } from './_takeover/deployed-stack';
import { synthesizeMigrated } from './_takeover/migrated-app';
import { installMinistack, Ministack } from './_takeover/ministack';
import { ServerlessService } from './_takeover/serverless-service';
import { Socket } from './_takeover/socket';

const ministack = installMinistack();
if ('obstacle' in ministack) process.stderr.write(`test/tools/takeover.test.ts is skipped: ${ministack.obstacle}\n`);
const suite = 'command' in ministack ? describe : describe.skip;

/** How a client opens a socket, what it says, and what of the answer is the same from all code. */
const SERVICES = {
  seed: { open: { headers: { token: 'abc' } }, message: { action: 'foo' }, answer: { route: 'foo' } },
  guarded: {
    open: { query: '?token=open' },
    message: { action: 'say' },
    answer: { route: 'say', user: 'user', room: 'lobby', greeting: 'hello', api: true },
  },
  logged: { open: {}, message: { kind: 'feed/add-item_v1.0' }, answer: { route: 'feed/add-item_v1.0' } },
  provisioned: { open: {}, message: { action: 'ask' }, answer: { route: 'ask' } },
  extended: { open: {}, message: { action: 'pin' }, answer: { route: 'pin', table: expect.any(String) } },
  twoway: { open: {}, message: { action: 'echo' }, answer: { route: 'echo' } },
};

/** The services whose routes invoke an alias. */
const BEHIND_ALIASES = ['provisioned'];

/** Each deployment publishes versions under logical ids of their own, and outputs that name them. */
const VERSION = 'AWS::Lambda::Version';
const OF_VERSION = /LambdaFunctionQualifiedArn$/;

suite('a takeover', () => {
  let emulator: Ministack;
  let outdir: string;
  beforeAll(async () => {
    emulator = await Ministack.start((ministack as { command: string }).command);
    outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'takeover-out-'));
    await cdk(emulator, 'bootstrap', 'aws://000000000000/us-east-1');
  }, 240_000);
  afterAll(async () => {
    await emulator?.stop();
    fs.rmSync(outdir, { recursive: true, force: true });
  });

  test.each(Object.keys(SERVICES) as (keyof typeof SERVICES)[])('and the way back: the service %s', async (name) => {
    const { open, message, answer } = SERVICES[name];
    const answerOf = (code: string): unknown => ({
      body: JSON.stringify(message), ...answer, code: BEHIND_ALIASES.includes(name) ? expect.any(String) : code,
    });

    // GIVEN what Serverless has deployed, and a client
    const service = new ServerlessService(name);
    const stack = new DeployedStack(emulator, service.stackName);
    await service.deploy(emulator, stack);
    const before = await snapshot(stack);
    const socket = await Socket.open(emulator, before.resources.WebsocketsApi, service.stageName, open);
    try {
      expect(await socket.ask(message)).toEqual(answerOf('serverless'));

      // WHEN the CDK deploys the migrated app
      service.changeCode('cdk');
      synthesizeMigrated(service.folder, path.join(outdir, name));
      await cdk(emulator, 'deploy', '--app', path.join(outdir, name), '--require-approval', 'never');

      // THEN everything is what it was, but for the code, and the socket is still open
      const migrated = await snapshot(stack);
      expect(lost(before, migrated)).toEqual([]);
      expect(migrated.outputs).toEqual(expect.objectContaining(before.outputs));
      expect(migrated.exports).toEqual(expect.objectContaining(before.exports));
      expect(disturbances(before, migrated)).toEqual([]);
      expect(published(before, migrated)).toHaveLength(Object.keys(before.versions).length);
      expect(await socket.ask(message)).toEqual(answerOf('cdk'));

      // WHEN Serverless deploys again
      service.changeCode('serverless');
      await service.deploy(emulator, stack);

      // THEN the stack is the first one
      const back = await snapshot(stack);
      expect(back.resources).toEqual(before.resources);
      expect(back.outputs).toEqual(before.outputs);
      expect(back.exports).toEqual(before.exports);
      expect(disturbances(migrated, back)).toEqual([]);
      expect(await socket.ask(message)).toEqual(answerOf('serverless'));
      expect(socket.isOpen).toBe(true);
    } finally {
      socket.close();
      service.remove();
    }
  });
});

/** A stack at one time: physical ids, outputs and exports, without those of versions. */
interface Snapshot {
  readonly resources: Record<string, string>;
  readonly versions: Record<string, string>;
  readonly outputs: Record<string, string>;
  readonly exports: Record<string, string>;
  readonly events: StackEvent[];
}

async function snapshot(stack: DeployedStack): Promise<Snapshot> {
  const resources = Object.values(await stack.resources());
  const ids = (chosen: StackResource[]): Record<string, string> => Object.fromEntries(chosen.map((one) => [one.logicalId, one.physicalId]));
  return {
    resources: ids(resources.filter(({ type }) => type !== VERSION)),
    versions: ids(resources.filter(({ type }) => type === VERSION)),
    outputs: withoutVersions(await stack.outputs()),
    exports: withoutVersions(await stack.exports()),
    events: await stack.events(),
  };
}

function withoutVersions(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !OF_VERSION.test(key)));
}

/** The resources that are not there any more, or are others. */
function lost(before: Snapshot, after: Snapshot): string[] {
  return Object.keys(before.resources).filter((id) => after.resources[id] !== before.resources[id]);
}

/** What happened beside updates in place, versions, and resources that only one side has. */
function disturbances(before: Snapshot, after: Snapshot): string[] {
  const since = after.events.slice(0, after.events.length - before.events.length);
  return since
    .filter(({ logicalId, status, reason }) => logicalId in before.resources && logicalId in after.resources
      && (!status.startsWith('UPDATE_') || /creation of a new physical resource/.test(reason)))
    .map(({ logicalId, status, reason }) => `${logicalId}: ${status} ${reason}`);
}

function published(before: Snapshot, after: Snapshot): string[] {
  return Object.keys(after.versions).filter((id) => !(id in before.versions));
}
