import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from '@aws-sdk/client-api-gateway';
import { AttachRolePolicyCommand, CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { FakeAccount, REFUSAL } from './fake-account';

const ROLE = 'logs';
const POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';
const TRUST = '{"Statement":[{"Principal":{"Service":"apigateway.amazonaws.com"}}]}';
const ARN = 'arn:aws:iam::123456789012:role/logs';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' };

let account: FakeAccount;
let gateway: APIGatewayClient;
let iam: IAMClient;

beforeEach(async () => {
  account = new FakeAccount();
  await account.listen();
  gateway = new APIGatewayClient({ region: 'eu-west-1', endpoint: account.url, credentials });
  iam = new IAMClient({ region: 'eu-west-1', endpoint: account.url, credentials });
});
afterEach(async () => account.close());

const shown = async (): Promise<string | undefined> => (await gateway.send(new GetAccountCommand({}))).cloudwatchRoleArn;
const set = async (value = ARN): Promise<unknown> =>
  gateway.send(new UpdateAccountCommand({ patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value }] }));

test('a new account has no role', async () => {
  expect(await shown()).toBeUndefined();
  await expect(iam.send(new GetRoleCommand({ RoleName: ROLE }))).rejects.toMatchObject({
    name: 'NoSuchEntityException', message: 'The role with name logs cannot be found.',
  });
});

test('API Gateway takes a role that trusts it and has the policy, and no other', async () => {
  const refused = { name: 'BadRequestException', message: REFUSAL };
  await expect(set()).rejects.toMatchObject(refused);

  await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: TRUST }));
  await expect(set()).rejects.toMatchObject(refused);

  await iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn: POLICY }));
  await set();

  expect(await shown()).toBe(ARN);
  expect((await iam.send(new GetRoleCommand({ RoleName: ROLE }))).Role?.Arn).toBe(ARN);
  await expect(set(account.addRole('other', 'ec2.amazonaws.com'))).rejects.toMatchObject(refused);
});

test('a role is made once', async () => {
  await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: TRUST }));

  await expect(iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: TRUST }))).rejects.toMatchObject({
    name: 'EntityAlreadyExistsException',
  });
});

test('a change takes its time: to be accepted, and to be shown', async () => {
  account.addRole(ROLE);
  [account.propagation, account.staleReads] = [1, 1];

  await expect(set()).rejects.toMatchObject({ message: REFUSAL });
  await set();

  expect([await shown(), await shown()]).toEqual([undefined, ARN]);
});

test('a region has its own role', async () => {
  account.addRole(ROLE);
  await set();

  const elsewhere = new APIGatewayClient({ region: 'us-east-1', endpoint: account.url, credentials });
  expect((await elsewhere.send(new GetAccountCommand({}))).cloudwatchRoleArn).toBeUndefined();
  expect(account.calls).toEqual([`eu-west-1 PATCHAccount ${ARN}`, 'us-east-1 GETAccount']);
});

test('a failure is used up', async () => {
  account.failures.set('GETAccount', [{ status: 403, code: 'AccessDeniedException', message: 'no' }]);
  account.failures.set('GetRole', [{ status: 403, code: 'AccessDenied', message: 'no' }]);
  account.addRole(ROLE);

  await expect(shown()).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'no' });
  await expect(iam.send(new GetRoleCommand({ RoleName: ROLE }))).rejects.toMatchObject({ name: 'AccessDenied', message: 'no' });
  expect(await shown()).toBeUndefined();
});

test('an answer to CloudFormation is kept', async () => {
  account.failures.set('Respond', [{ status: 503, code: '', message: '' }]);
  const put = async (): Promise<number> => (await fetch(`${account.url}/response`, { method: 'PUT', body: '{"Status":"SUCCESS"}' })).status;

  expect([await put(), await put()]).toEqual([503, 200]);
  expect(account.answers).toEqual([{ contentType: 'text/plain;charset=UTF-8', body: { Status: 'SUCCESS' } }]);
});

test('a silent action gets no answer, and what happens meanwhile happens', async () => {
  account.silent.add('GETAccount');
  account.meanwhile.set('GETAccount', () => account.cloudWatchRoles.set('eu-west-1', ARN));

  await expect(gateway.send(new GetAccountCommand({}), { abortSignal: AbortSignal.timeout(200) })).rejects.toMatchObject({ name: 'AbortError' });
  expect(account.cloudWatchRoles.get('eu-west-1')).toBe(ARN);
});
