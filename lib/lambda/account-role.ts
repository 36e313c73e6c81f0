/* eslint-disable import/no-extraneous-dependencies -- Lambda brings the AWS SDK along */
import { setTimeout as wait } from 'node:timers/promises';
import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from '@aws-sdk/client-api-gateway';
import { AttachRolePolicyCommand, CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';

/** CloudFormation's request for a custom resource. */
interface Request {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** Missing when the resource is created. Another one in the answer would mean a replacement, also after the Serverless Framework. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: { readonly RoleArn: string; readonly PolicyArn: string };
}

interface Outcome {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
  readonly Data?: { readonly RoleArn: string };
}

/** In milliseconds. API Gateway allows one change of the account in 20 seconds. */
const [RESERVE, FIRST_WAIT, LONGEST_WAIT] = [20_000, 2_000, 20_000];

/** Errors that pass: API Gateway does not see the new role yet, or another stack changes the account at the same time. */
const PASSING = new RegExp([
  '^(TooManyRequests|Throttling|ConcurrentModification|Conflict|NoSuchEntity)',
  '^BadRequest.*(required permissions|be assumed|could not successfully write to CloudWatch Logs)',
].join('|'), 'is');

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const gateway = new APIGatewayClient({});
const iam = new IAMClient({});

/**
 * Sets the role by which API Gateway writes logs, if the account has none in this Region. Never deletes or replaces a role, since all APIs
 * of the Region use it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export async function handler(request: Request, context: { getRemainingTimeInMillis(): number }): Promise<void> {
  await answer(request, await outcomeOf(request, AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE))));
}

async function outcomeOf({ RequestType, ResourceProperties }: Request, signal: AbortSignal): Promise<Outcome> {
  if (RequestType === 'Delete') return { Status: 'SUCCESS', Reason: 'the role stays: other APIs may need it' };
  try {
    const RoleArn = await ensureRole(ResourceProperties.RoleArn, ResourceProperties.PolicyArn, signal);
    return { Status: 'SUCCESS', Reason: `API Gateway writes logs by ${RoleArn}`, Data: { RoleArn } };
  } catch (error) {
    const wayOut = 'if you set the role of this account and region yourself, give `cloudWatchRole: false`';
    return { Status: 'FAILED', Reason: `The CloudWatch role of API Gateway: ${text(error)} (${wayOut})` };
  }
}

/** The role of the account as API Gateway reports it in the end: ours, or one that somebody else set first. */
async function ensureRole(ours: string, policyArn: string, abortSignal: AbortSignal): Promise<string> {
  let isMade = false;
  let isAccepted = false;

  return persist(async () => {
    const found = await accountRole(abortSignal);
    if (found && !isAccepted) await requireExistence(found, abortSignal);
    // Once our role was accepted, only read: setting it again might overwrite another one.
    if (found || isAccepted) return found;
    if (!isMade) await makeRole(ours, policyArn, abortSignal);
    isMade = true;
    const patchOperations = [{ op: 'replace' as const, path: '/cloudwatchRoleArn', value: ours }];
    await gateway.send(new UpdateAccountCommand({ patchOperations }), { abortSignal });
    isAccepted = true;
    return accountRole(abortSignal);
  }, abortSignal);
}

async function accountRole(abortSignal: AbortSignal): Promise<string | undefined> {
  return (await gateway.send(new GetAccountCommand({}), { abortSignal })).cloudwatchRoleArn;
}

/** Retries until there is a result, as long as time is left and errors are transient. */
async function persist(attempt: () => Promise<string | undefined>, signal: AbortSignal): Promise<string> {
  let last = 'API Gateway does not answer';
  for (let pause = FIRST_WAIT; ; pause = Math.min(2 * pause, LONGEST_WAIT)) {
    try {
      const result = await attempt();
      if (result) return result;
      last = 'API Gateway accepted the role, but does not show it';
    } catch (error) {
      if (!signal.aborted && !PASSING.test(`${(error as Error).name}: ${text(error)}`)) throw error;
      if (!signal.aborted) last = text(error);
    }
    console.log(`${last}; trying again in ${pause} ms`);
    await wait(pause, undefined, { signal }).catch(() => { throw new Error(`${last} (gave up, time is over)`); });
  }
}

/** Another stack or Region may have created the same role before. */
async function makeRole(arn: string, PolicyArn: string, abortSignal: AbortSignal): Promise<void> {
  const RoleName = nameOf(arn);
  const Description = 'API Gateway writes logs by it. Made by cdk-websocket-service for all stacks and regions of the account.';
  const AssumeRolePolicyDocument = JSON.stringify(TRUST);
  await iam.send(new CreateRoleCommand({ RoleName, Description, AssumeRolePolicyDocument }), { abortSignal }).catch((error: Error) => {
    if (error.name !== 'EntityAlreadyExistsException') throw error;
  });
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }), { abortSignal });
}

/** API Gateway keeps the ARN of a deleted role, and writes no logs. */
async function requireExistence(arn: string, abortSignal: AbortSignal): Promise<void> {
  await iam.send(new GetRoleCommand({ RoleName: nameOf(arn) }), { abortSignal }).catch((error: Error) => {
    // The function has permission to look up our own role only. Any other role is accepted unseen.
    if (error.name.startsWith('AccessDenied')) return;
    if (error.name !== 'NoSuchEntityException') throw error;
    throw new Error(`${arn} is set for this account and region, but there is no such role. Set one that exists, or none to have one made, `
      + 'and deploy again: aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=<ARN or nothing>');
  });
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Without a response, CloudFormation waits for an hour. */
async function answer(request: Request, outcome: Outcome): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId = 'cloudwatch-role' } = request;
  console.log(outcome.Status, outcome.Reason);
  const Reason = outcome.Reason.slice(0, 1_000);
  const body = JSON.stringify({ ...outcome, Reason, PhysicalResourceId, StackId, RequestId, LogicalResourceId });
  for (let attempt = 1; ; attempt++) {
    try {
      // The URL is signed for an empty content type.
      const response =
        await fetch(ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' }, signal: AbortSignal.timeout(5_000) });
      if (response.ok) return;
      throw new Error(`CloudFormation answered ${response.status}`);
    } catch (error) {
      if (attempt === 3) throw error;
      await wait(1_000);
    }
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
