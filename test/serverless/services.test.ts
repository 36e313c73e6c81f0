import * as fs from 'fs';
import * as path from 'path';
import { compileService } from '../../lib/serverless/compiling/compile';
import { readServerlessFile } from '../../lib/serverless/reading/read-service';
import type { Json, Template } from '../../lib/serverless/template';
import { goldenCases, pairs, readTemplate, serviceCases, type ServerlessCase } from '../_helpers/serverless-services';

const services = serviceCases('services');
const inputs = serviceCases('inputs');

/** Services that only a compiled template carries as a whole. */
const UNCOVERED: Readonly<Record<string, readonly string[]>> = {
  'capstone-game': ['Function "onMatch" has an event "sns".', 'Function "rooms" has an event "http".'],
  'court-notifications': ['Plugin "serverless-plugin-aws-alerts" adds alarms.'],
  'function-named-api': ['Plugin "serverless-iam-roles-per-function" gives functions roles of their own.'],
  'graphql-subscriptions': ['Function "snsHandler" has an event "sns".', 'Plugin "serverless-step-functions" adds state machines.'],
  'stream-broadcaster': ['Function "broadcast" has an event "stream".'],
  'tagged-roles': ['Plugin "serverless-iam-roles-per-function" gives functions roles of their own.'],
  'telescope-chat': ['Function "onlineUsers" has an event "http".'],
};

/** Services that are refused, whatever else is given: relative to their folder. */
const REFUSED: Readonly<Record<string, string>> = {
  'cognito-arn': 'serverless.yml:17:11: "arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_AbCdEfGhI" is not the ARN of a Lambda function: '
    + 'a websocket authorizer of Serverless can be nothing else.',
};
const isRefused = ({ name }: ServerlessCase): boolean => Object.hasOwn(REFUSED, name);
const isCovered = (given: ServerlessCase): boolean => !isRefused(given) && !Object.hasOwn(UNCOVERED, given.name);

describe('what the template of Serverless has beyond the websocket part', () => {
  test.each(services.filter((given) => !isRefused(given)).map(({ name, options }) => [name, options] as const))('%s', (name, options) => {
    // WHEN
    const { uncovered } = readServerlessFile(options);

    // THEN
    expect(uncovered.map(({ text }) => text)).toEqual(UNCOVERED[name] ?? []);
  });
});

describe('the template is that of the real CLI', () => {
  test.each(pairs([...services, ...inputs].filter(isCovered)))('%s by %s', (_name, dialect, file, { options }) => {
    // WHEN
    const template = compileService(readServerlessFile(options), dialect);

    // THEN
    expect(comparable(template)).toEqual(comparable(readTemplate(file)));
  });
});

describe('what Serverless refuses', () => {
  const refused: ReadonlyArray<readonly [string, string]> = [
    ['badlevel', '7:22: "level" is "INFO" or "ERROR", not "DEBUG".'],
    ['missingauth', '12:38: authorizer "nope" is not a function of this file. It has a.'],
    ['extra', '12:38: "foo" is not a key of a websocket event, which "configValidationMode: error" refuses.'],
    ['noroute', '12:9: the websocket event of function "a" has no "route".'],
    ['nul', '12:9: the websocket event of function "a" is empty, so it names no route.'],
    ['warn', '8:156: "routeKey" was the key of an old plugin; Serverless asks for "route": write "route: old".'],
    // It deploys the last one, maybe without its authorizer.
    ['dup', '16:9: route "foo" stands twice, in function "a" and here in "b". Serverless deployed the last one. Remove the other.'],
  ];

  test.each(refused)('%s is refused', (name, message) => {
    // GIVEN
    const { options } = golden(name);

    // WHEN
    const read = (): unknown => readServerlessFile(options);

    // THEN
    expect(read).toThrow(new Error(`${path.relative(process.cwd(), options.path)}:${message}`));
  });
});

function golden(name: string): ServerlessCase {
  return goldenCases().find((given) => given.name === name)!;
}

test.each(Object.entries(REFUSED))('%s is refused', (name, message) => {
  // GIVEN
  const { options } = services.find((given) => given.name === name)!;
  const folder = path.relative(process.cwd(), path.dirname(options.path));

  // WHEN
  const read = (): unknown => readServerlessFile(options);

  // THEN
  expect(read).toThrow(new Error(path.join(folder, message)));
});

it('has a line in the README for each service', () => {
  // GIVEN
  const readme = fs.readFileSync(path.join(__dirname, '..', 'fixtures', 'serverless', 'services', 'README.md'), 'utf8');

  // THEN
  expect(services.map(({ name }) => name).filter((name) => !readme.includes(`| \`${name}\` |`))).toEqual([]);
  expect(services).toHaveLength(17);
});

/** Without what depends on the bytes of the zip file. */
function comparable(template: Template): Json {
  const versions = new Map<string, string>();
  for (const [id, { Type }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::Lambda::Version') versions.set(id, id.replace(/LambdaVersion.*/, 'LambdaVersion'));
  }
  const rename = (value: Json): Json => {
    if (typeof value === 'string') return versions.get(value) ?? value;
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'CodeSha256')
      .map(([name, inner]) => [versions.get(name) ?? name, rename(inner)]));
  };
  return rename(JSON.parse(JSON.stringify(template)) as Json);
}
