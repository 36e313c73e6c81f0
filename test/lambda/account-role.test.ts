import * as path from 'path';
import { arnOf, FakeAccount, Failure, REFUSAL } from './_helpers/fake-account';

/** A clock that only waits move on, so that no test depends on how fast the machine is. */
class Clock {
  private now = 0;
  private timeouts: { readonly at: number; readonly controller: AbortController }[] = [];

  /** Instead of `AbortSignal.timeout`. */
  public timeout(ms: number): AbortSignal {
    const controller = new AbortController();
    this.timeouts.push({ at: this.now + ms, controller });
    this.advance(0);
    return controller.signal;
  }

  public advance(ms: number): void {
    this.now += ms;
    for (const { controller } of this.timeouts.filter((timeout) => timeout.at <= this.now)) {
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }
    this.timeouts = this.timeouts.filter(({ at }) => at > this.now);
  }
}

let mockClock: Clock;
const mockWaits: number[] = [];
jest.mock('node:timers/promises', () => {
  const { setTimeout: wait } = jest.requireActual<typeof import('node:timers/promises')>('node:timers/promises');
  return {
    setTimeout: async (ms: number, value: undefined, options?: object) => {
      mockWaits.push(ms);
      mockClock.advance(ms);
      return wait(0, value, options);
    },
  };
});

const BUNDLE = path.join(__dirname, '..', '..', 'lib', 'lambda', 'account-role.bundle.js');
const OURS = arnOf('ours');
const THEIRS = arnOf('theirs');
const POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';
const REGION = 'eu-west-1';
const WAY_OUT = '(if you set the role of this account and region yourself, give `cloudWatchRole: false`)';
const DENIED: Failure = { status: 403, code: 'AccessDenied', message: 'not authorized to perform: iam:it' };

/** The time that the function has, and what it keeps of that for its answer. */
const [TIMEOUT, RESERVE] = [300_000, 20_000];

const ENVIRONMENT = process.env;

type Handler = (request: object, context: object) => Promise<void>;

let account: FakeAccount;

beforeEach(async () => {
  account = new FakeAccount();
  await account.listen();
  mockWaits.length = 0;
  mockClock = new Clock();
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => mockClock.timeout(ms));
  jest.spyOn(console, 'log').mockImplementation();
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = ENVIRONMENT;
  await account.close();
});

/** The bundle, started anew as Lambda starts it in a region. */
function start(region: string): Handler {
  process.env = {
    ...ENVIRONMENT,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_ENDPOINT_URL_API_GATEWAY: account.url,
    AWS_ENDPOINT_URL_IAM: account.url,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  let loaded: { handler: Handler } | undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  jest.isolateModules(() => { loaded = require(BUNDLE) as { handler: Handler }; });
  return loaded!.handler;
}

interface RunOptions {
  readonly region?: string;
  readonly remaining?: number;
  readonly LogicalResourceId?: string;
  readonly PhysicalResourceId?: string;
}

/** One invocation; what CloudFormation is told. */
async function run(RequestType = 'Create', { region = REGION, remaining = TIMEOUT, LogicalResourceId = 'Role', ...others }: RunOptions = {}): Promise<object | undefined> {
  await start(region)({
    RequestType,
    ResponseURL: `${account.url}/response?signature=1`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId,
    ...others,
    ResourceProperties: { RoleArn: OURS, PolicyArn: POLICY },
  }, { getRemainingTimeInMillis: () => remaining });
  return account.answers.find(({ body }) => body.LogicalResourceId === LogicalResourceId)?.body;
}

const WHO = { PhysicalResourceId: 'cloudwatch-role', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Role' };
const success = (RoleArn: string): object => ({ Status: 'SUCCESS', Reason: `API Gateway writes logs by ${RoleArn}`, Data: { RoleArn }, ...WHO });
const failed = (reason: string): object => ({ Status: 'FAILED', Reason: `The CloudWatch role of API Gateway: ${reason} ${WAY_OUT}`, ...WHO });
const calls = (): string[] => account.calls.map((call) => call.replace(`${REGION} `, ''));

describe('an account without a role', () => {
  test.each(['Create', 'Update'])('gets ours, and it is read back: %s', async (type) => {
    // WHEN
    const answer = await run(type);

    // THEN
    expect(answer).toEqual(success(OURS));
    expect(account.answers[0].contentType).toBe('');
    expect(calls()).toEqual(['GETAccount', 'CreateRole ours', 'AttachRolePolicy ours', `PATCHAccount ${OURS}`, 'GETAccount', 'Respond']);
    expect(account.cloudWatchRoles).toEqual(new Map([[REGION, OURS]]));
    expect(account.roles.get('ours')!.policies).toEqual(new Set([POLICY]));
    expect(JSON.parse(account.roles.get('ours')!.trust)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
  });

  test('keeps the id that the resource has, which another tool may have given', async () => {
    expect(await run('Update', { PhysicalResourceId: 'of-serverless' })).toEqual({ ...success(OURS), PhysicalResourceId: 'of-serverless' });
  });

  test('uses our role if it is there, and completes it', async () => {
    account.addRole('ours', 'apigateway.amazonaws.com', []);

    expect(await run()).toEqual(success(OURS));
    expect(account.roles.get('ours')!.policies).toEqual(new Set([POLICY]));
  });

  test('keeps trying until API Gateway can assume the role', async () => {
    account.propagation = 3;

    expect(await run()).toEqual(success(OURS));
    expect(mockWaits).toEqual([2_000, 4_000, 8_000]);
    expect(calls().filter((call) => call === 'CreateRole ours')).toHaveLength(1);
  });

  test.each<[string, Failure]>([
    ['the other wording', { status: 400, code: 'BadRequestException', message: 'The role ARN does not have required permissions set to API Gateway' }],
    ['CloudWatch', { status: 400, code: 'BadRequestException', message: 'API Gateway could not successfully write to CloudWatch Logs using the ARN specified' }],
    ['a role that is not assumed', { status: 400, code: 'BadRequestException', message: 'The role cannot be assumed' }],
    ['a change at the same time', { status: 409, code: 'ConflictException', message: 'Unable to complete operation' }],
  ])('takes a refusal for one that passes: %s', async (_case, failure) => {
    account.failures.set('PATCHAccount', [failure]);

    expect(await run()).toEqual(success(OURS));
    expect(mockWaits).toEqual([2_000]);
  });

  test('waits if API Gateway is asked too often', async () => {
    // GIVEN as many as the SDK tries by itself
    account.failures.set('PATCHAccount', new Array(3).fill({ status: 429, code: 'TooManyRequestsException', message: 'Too Many Requests' }));

    expect(await run()).toEqual(success(OURS));
    expect(mockWaits).toEqual([2_000]);
  });

  test('attaches the policy again if IAM does not know the new role yet', async () => {
    account.failures.set('AttachRolePolicy', [{ status: 404, code: 'NoSuchEntity', message: 'The role with name ours cannot be found.' }]);

    expect(await run()).toEqual(success(OURS));
  });

  test('gives up in time to answer, and says what API Gateway said last', async () => {
    // GIVEN
    account.propagation = Infinity;

    // WHEN
    const answer = await run('Create', { remaining: RESERVE + 60_000 });

    // THEN
    expect(answer).toEqual(failed(`${REFUSAL} (gave up, time is over)`));
    expect(mockWaits).toEqual([2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
    expect(account.cloudWatchRoles.size).toBe(0);
  });

  test('answers if API Gateway does not', async () => {
    // GIVEN
    account.silent.add('GETAccount');

    // WHEN
    const answer = run('Create', { remaining: RESERVE + 500 });
    while (!calls().includes('GETAccount')) await new Promise(setImmediate);
    mockClock.advance(500);

    // THEN
    expect(await answer).toEqual(failed('API Gateway does not answer (gave up, time is over)'));
  });

  test('answers if there is no time at all', async () => {
    expect(await run('Create', { remaining: 0 })).toEqual(failed('API Gateway does not answer (gave up, time is over)'));
    expect(account.roles.size).toBe(0);
  });

  test('reads again, and sets nothing again, if API Gateway does not show the role yet', async () => {
    // GIVEN
    account.staleReads = 2;

    // WHEN
    const answer = await run();

    // THEN
    expect(answer).toEqual(success(OURS));
    expect(calls().slice(3)).toEqual([`PATCHAccount ${OURS}`, 'GETAccount', 'GETAccount', 'GETAccount', 'Respond']);
  });

  test('reports no success if API Gateway never shows the role', async () => {
    account.staleReads = Infinity;

    expect(await run('Create', { remaining: RESERVE + 500 }))
      .toEqual(failed('API Gateway accepted the role, but does not show it (gave up, time is over)'));
  });

  test.each(['GETAccount', 'CreateRole', 'AttachRolePolicy', 'PATCHAccount'])('fails at once without the right: %s', async (action) => {
    account.failures.set(action, [DENIED]);

    expect(await run()).toEqual(failed(DENIED.message));
    expect(mockWaits).toEqual([]);
  });
});

describe('an account that has a role', () => {
  test.each(['ours', 'theirs'])('keeps it, and no role is made or changed: %s', async (name) => {
    // GIVEN
    account.cloudWatchRoles.set(REGION, account.addRole(name));

    // THEN
    expect(await run()).toEqual(success(arnOf(name)));
    expect(calls()).toEqual(['GETAccount', `GetRole ${name}`, 'Respond']);
  });

  test('is taken as it is if the role may not be looked up', async () => {
    account.cloudWatchRoles.set(REGION, THEIRS);
    account.failures.set('GetRole', [DENIED]);

    expect(await run()).toEqual(success(THEIRS));
  });

  test.each([OURS, THEIRS, 'arn:aws:iam::123456789012:role/some/path/theirs'])('that is gone: fails, and replaces nothing: %s', async (arn) => {
    // GIVEN
    account.cloudWatchRoles.set(REGION, arn);

    // THEN
    expect(await run()).toEqual(failed(`${arn} is set for this account and region, but there is no such role. `
      + 'Set one that exists, or none to have one made, and deploy again: '
      + 'aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=<ARN or nothing>'));
    expect(calls()).toEqual(['GETAccount', `GetRole ${arn.split('/').pop()}`, 'Respond']);
    expect(account.cloudWatchRoles.get(REGION)).toBe(arn);
  });

  test('fails with what IAM says if it cannot look the role up', async () => {
    account.cloudWatchRoles.set(REGION, OURS);
    account.failures.set('GetRole', [{ status: 400, code: 'InvalidInput', message: 'no such name' }]);

    expect(await run()).toEqual(failed('no such name'));
  });
});

describe('races', () => {
  test('another sets a role while ours is refused: theirs is kept', async () => {
    // GIVEN
    account.propagation = Infinity;
    account.meanwhile.set('PATCHAccount', () => account.cloudWatchRoles.set(REGION, account.addRole('theirs')));

    // THEN
    expect(await run()).toEqual(success(THEIRS));
    expect(account.cloudWatchRoles.get(REGION)).toBe(THEIRS);
    expect(calls().filter((call) => call.startsWith('PATCH'))).toHaveLength(1);
  });

  test('another sets a role after ours: theirs is kept', async () => {
    // GIVEN
    let reads = 0;
    account.meanwhile.set('GETAccount', () => {
      if (++reads === 2) account.cloudWatchRoles.set(REGION, THEIRS);
    });

    // THEN
    expect(await run()).toEqual(success(THEIRS));
    expect(account.cloudWatchRoles.get(REGION)).toBe(THEIRS);
  });

  test('another makes our role in the same moment', async () => {
    account.meanwhile.set('CreateRole', () => account.addRole('ours', 'apigateway.amazonaws.com', []));

    expect(await run()).toEqual(success(OURS));
  });

  test('several stacks in several regions share one role', async () => {
    // GIVEN
    account.propagation = 4;
    const stacks = ['eu-west-1', 'eu-west-1', 'eu-west-1', 'us-east-1', 'us-east-1'];

    // WHEN
    const answers = await Promise.all(stacks.map(async (region, index) => run('Create', { region, LogicalResourceId: `Role${index}` })));

    // THEN
    expect(answers).toEqual(stacks.map((_, index) => ({ ...success(OURS), LogicalResourceId: `Role${index}` })));
    expect(account.cloudWatchRoles).toEqual(new Map([['eu-west-1', OURS], ['us-east-1', OURS]]));
    expect([...account.roles.keys()]).toEqual(['ours']);
  });
});

describe('the answer to CloudFormation', () => {
  test('a deletion changes nothing', async () => {
    account.cloudWatchRoles.set(REGION, account.addRole('ours'));

    expect(await run('Delete')).toEqual({ Status: 'SUCCESS', Reason: 'the role stays: other APIs may need it', ...WHO });
    expect(calls()).toEqual(['Respond']);
  });

  test('is sent again if it does not arrive', async () => {
    account.failures.set('Respond', new Array(2).fill({ status: 503, code: '', message: '' }));

    expect(await run('Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect(mockWaits).toEqual([1_000, 1_000]);
  });

  test('is left to the next attempt of Lambda if it never arrives', async () => {
    account.failures.set('Respond', new Array(3).fill({ status: 403, code: '', message: '' }));

    await expect(run('Delete')).rejects.toThrow(new Error('CloudFormation answered 403'));
    expect(calls()).toEqual(['Respond', 'Respond', 'Respond']);
  });

  test('stays below the 4 KB that CloudFormation reads', async () => {
    account.failures.set('GETAccount', [{ ...DENIED, message: 'x'.repeat(5_000) }]);

    expect(JSON.stringify(await run()).length).toBeLessThan(2_000);
  });
});
