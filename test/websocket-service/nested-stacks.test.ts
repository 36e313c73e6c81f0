import * as fs from 'fs';
import * as path from 'path';
import { Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer } from '../../lib';
import { RouteStacks } from '../../lib/private/routes/route-scopes';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickStack } from '../_helpers/quick-app';
import { count, manyHandlers, nestedOf, NUMBERS, routes, service, templates } from './_helpers/nested-service';

const LOG_GROUPS = { '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true };

/** CloudFormation's quotas of one template. */
const QUOTAS = { resources: 500, parameters: 200, outputs: 200, bytes: 1_000_000 };

let folder: AppFolder;
beforeAll(() => { folder = manyHandlers(); });
afterAll(() => folder.leave());

describe('300 routes with 300 handlers and log groups', () => {
  test('keep within every quota of CloudFormation, in the nested stacks and in the parent', () => {
    // GIVEN
    const stack = quickStack({ ...LOG_GROUPS, 'aws:cdk:enable-path-metadata': true });

    // WHEN
    service(stack, { routes: routes(300), nestedStacks: 5 });

    // THEN
    const found = Object.values(templates(stack));
    expect(found).toHaveLength(6);
    for (const json of found) {
      expect(Object.keys(json.Resources).length).toBeLessThanOrEqual(QUOTAS.resources);
      expect(Object.keys(json.Parameters ?? {}).length).toBeLessThanOrEqual(QUOTAS.parameters);
      expect(Object.keys(json.Outputs ?? {}).length).toBeLessThanOrEqual(QUOTAS.outputs);
      expect(JSON.stringify(json).length).toBeLessThan(QUOTAS.bytes);
    }
    const [parent, ...nested] = found;
    expect(Object.values(parent.Resources).map(({ Type }) => Type).sort()).toEqual([
      'AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::Stage', ...Array(5).fill('AWS::CloudFormation::Stack'),
    ]);
    expect(nested.reduce((sum, json) => sum + Object.keys(json.Resources).length, 0)).toBe(300 * 7);
  });
});

describe('routes in too few nested stacks are refused, and what helps is said', () => {
  const tooMany = (id: number, resources: number, limit: number) => `  [Stack/Chat] the nested stack Routes-${id} has ${resources} resources, more than `
    + `the ${limit} that CloudFormation allows; choose a higher \`nestedStacks\`, or let functions share what each of them has of its own: `
    + '`defaults.role` (one role with its policy) and `defaults.logGroup` (one log group)';

  test('by the quota of CloudFormation', () => {
    // GIVEN
    const stack = quickStack(LOG_GROUPS);

    // WHEN
    service(stack, { routes: routes(72), nestedStacks: 1 });

    // THEN
    expect(() => templates(stack)).toThrow(new Error(`Validation failed with the following errors:\n${tooMany(1, 504, 500)}`));
  });

  test.each<[string, number, Record<string, unknown>]>([['without', 6, {}], ['with', 7, LOG_GROUPS]])('each of them, %s log groups', (_name, each, context) => {
    // GIVEN
    const limit = 20;
    const stack = quickStack({ ...context, '@aws-cdk/core:stackResourceLimit': limit });
    const stacks = new RouteStacks(new Stack(undefined, 'Stack'), 3);
    const ids = NUMBERS.slice(0, 12).map((number) => stacks.ofRoute(`route${number}`).node.id);
    const sizes = [1, 2, 3].map((id) => each * ids.filter((name) => name === `Routes-${id}`).length);

    // WHEN
    service(stack, { routes: routes(12), nestedStacks: 3 });

    // THEN
    const reports = sizes.map((size, index) => tooMany(index + 1, size, limit)).filter((_, index) => sizes[index] > limit);
    expect(reports.length).toBeGreaterThan(1);
    expect(() => templates(stack)).toThrow(new Error(`Validation failed with the following errors:\n${reports.join('\n')}`));
  });
});

test('the parent keeps API, authorizer and stage, and the stage waits for the nested stacks', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack, { authorizer: ConnectAuthorizer.handler('src/many.handle299') });

  // THEN
  const { Stack: parent, ...nested } = templates(stack);
  expect(['Api', 'Authorizer', 'Stage', 'Route'].map((type) => count(parent, `AWS::ApiGatewayV2::${type}`))).toEqual([1, 1, 1, 1]);
  expect(Object.values(parent.Resources).find(({ Type, Properties }) => Type === 'AWS::ApiGatewayV2::Route' && Properties.RouteKey !== '$connect'))
    .toBeUndefined();
  const stage = Object.values(parent.Resources).find(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage')!;
  const stacks = Object.entries(parent.Resources).filter(([, { Type }]) => Type === 'AWS::CloudFormation::Stack').map(([id]) => id);
  expect(stacks).toHaveLength(Object.keys(nested).length);
  expect(stage.DependsOn).toEqual(expect.arrayContaining(stacks));
});

test('whole routes go there: function, permission, integration, route and response', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack, { routes: { a: { handler: 'src/many.handle0', returnResponse: true } } });

  // THEN
  const { Stack: parent, ...nested } = templates(stack);
  const [json] = Object.values(nested);
  expect(Object.values(json.Resources).map(({ Type }) => Type).sort()).toEqual([
    'AWS::ApiGatewayV2::Integration', 'AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::RouteResponse', 'AWS::IAM::Policy', 'AWS::IAM::Role',
    'AWS::Lambda::Function', 'AWS::Lambda::Permission',
  ]);
  expect(Object.keys(parent.Resources)).toHaveLength(3);
});

test('the callback URLs of a nested function name the API by a parameter', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack, { routes: routes(1) });

  // THEN
  const { Stack: parent, ...nested } = templates(stack);
  const [json] = Object.values(nested);
  const [parameter] = Object.keys(json.Parameters!);
  const fn = Object.values(json.Resources).find(({ Type }) => Type === 'AWS::Lambda::Function')!;
  const host = [{ Ref: parameter }, '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }];
  expect(fn.Properties.Environment).toEqual({
    Variables: {
      WEBSOCKET_CALLBACK_URL: { 'Fn::Join': ['', ['https://', ...host, '/dev']] },
      WEBSOCKET_CALLBACK_URLS: { 'Fn::Join': ['', ['{"dev":"https://', ...host, '/dev"}']] },
    },
  });
  const given = Object.values(parent.Resources).find(({ Type }) => Type === 'AWS::CloudFormation::Stack')!.Properties.Parameters;
  expect(given).toEqual({ [parameter]: { Ref: expect.stringMatching(/^ChatApi/) } });
});

test('every nested function may manage connections, by a policy beside it', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack);

  // THEN
  const { Stack: parent, ...nested } = templates(stack);
  expect(count(parent, 'AWS::IAM::Policy')).toBe(0);
  expect(Object.values(nested).map((json) => count(json, 'AWS::IAM::Policy') === count(json, 'AWS::Lambda::Function'))).not.toContain(false);
});

test('the children of a nested stack are named as those of a service', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  service(stack, { routes: { 'a/b': { handler: 'src/many.handle0' }, 'f': { function: inlineFunction(stack, 'Fn') } }, nestedStacks: 1 });

  // THEN
  const [nested] = nestedOf(stack);
  expect(nested.node.path).toBe('Stack/Chat/Routes-1');
  expect(nested.node.children.map(({ node }) => node.id).sort()).toEqual([
    'Function-Fn', 'Handler-src%2Fmany.handle0', 'Route-a%2Fb', 'Route-f',
  ]);
});

test.each<[unknown, string]>([[-1, '-1'], [51, '51'], [1.5, '1.5'], ['3', '"3"']])('nestedStacks may not be %p', (nestedStacks, shown) => {
  expect(() => service(quickStack(), { nestedStacks: nestedStacks as number })).toThrow(new Error(
    `Stack/Chat: nestedStacks: ${shown} is not a number of nested stacks; use a whole number from 0 to 50`,
  ));
});

describe('the table of docs/limits.md', () => {
  const page = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', 'limits.md'), 'utf8');
  const rows = /\n\| routes \| shared.*?\n\n/s.exec(page)![0].split('\n');
  const each = [...page.matchAll(/\((\d) each\)/g)].map(([, resources]) => Number(resources));

  /** How many resources the largest of some nested stacks has. */
  const largest = (routeCount: number, nestedStacks: number, resources: number): number => {
    const stacks = new RouteStacks(new Stack(undefined, 'Stack'), nestedStacks);
    const ids = NUMBERS.slice(0, routeCount).map((number) => stacks.ofRoute(`route${number}`).node.id);
    return resources * Math.max(...[...new Set(ids)].map((id) => ids.filter((home) => home === id).length));
  };

  test('says the least number that is enough, and what it gives', () => {
    expect(each).toEqual([4, 6, 7, 8]);
    const said = rows.filter((row) => /^\| \d/.test(row)).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
    const counted = [100, 200, 300].map((routeCount) => [String(routeCount), ...each.map((resources) => {
      const least = [...Array(20).keys()].map((index) => index + 1).find((number) => largest(routeCount, number, resources) <= QUOTAS.resources)!;
      return `${least} (${largest(routeCount, least, resources)})`;
    })]);
    expect(said).toEqual(counted);
  });

  test('recommends a number that leaves room', () => {
    expect(page).toContain('**8 nested stacks have room for 300 routes of any kind.**');
    expect(largest(300, 8, 8)).toBeLessThan(0.75 * QUOTAS.resources);
  });
});
