import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ServerlessStack } from '../lib';
import { quickApp } from './_helpers/quick-app';
import { goldenCases, pairs, readTemplate, serviceCases, type ServerlessCase } from './_helpers/serverless-services';
import { lostInPlace } from './_helpers/template-changes';
import { losses } from './_helpers/template-losses';
import type { Template } from '../lib/serverless/template';

/** Refused whatever is given, see the tests of reading. */
const REFUSED = ['cognito-arn', 'dup'];
/** What only a compiled template carries over. */
const UNCOVERED = [
  'capstone-game', 'court-notifications', 'function-named-api', 'graphql-subscriptions', 'stream-broadcaster', 'tagged-roles', 'telescope-chat',
];
/** As by osls, what belongs to a conditional function is made, and exported, only with its function. */
const EXPLAINED: Readonly<Record<string, readonly unknown[]>> = {
  'cond by serverless': ['ALogGroup (AWS::Logs::LogGroup): changes Condition: nothing -> "C"'],
  'conditional by serverless': [
    'SometimesLogGroup (AWS::Logs::LogGroup): changes Condition: nothing -> "IsLarge"',
    expect.stringMatching(/^output SometimesLambdaFunctionQualifiedArn: .*"},"Condition":"IsLarge"}$/),
  ],
  'conditional by serverless, compiled': [expect.stringMatching(/^output SometimesLambdaFunctionQualifiedArn: .*"},"Condition":"IsLarge"}$/)],
};

const services = [...serviceCases('services'), ...serviceCases('inputs')].filter(({ name }) => !REFUSED.includes(name));
const golden = goldenCases().filter(({ name }) => !REFUSED.includes(name));

describe('an update of what Serverless deployed replaces and loses nothing', () => {
  /** The same for both dialects. */
  const fromFile = new Map<string, ReturnType<typeof synthesized>>();
  const covered = [...golden, ...services].filter(({ name }) => !UNCOVERED.includes(name));

  test.each(pairs(covered))('%s by %s, from the file alone', (name, dialect, file, given) => {
    // WHEN
    const { template, region } = fromFile.get(given.options.path) ?? synthesized(given);
    fromFile.set(given.options.path, { template, region });

    // THEN
    expect(losses(readTemplate(file), template, region)).toEqual(EXPLAINED[`${name} by ${dialect}`] ?? []);
    expect(lostInPlace(readTemplate(file), template, region)).toEqual(name === 'authdup' ? [expect.stringContaining('IdentitySource')] : []);
  });

  test.each(pairs(services))('%s by %s, with the compiled template', (name, dialect, file, given) => {
    // WHEN
    const { template, region } = synthesized(given, file);

    // THEN
    expect(losses(readTemplate(file), template, region)).toEqual(EXPLAINED[`${name} by ${dialect}, compiled`] ?? []);
    expect(lostInPlace(readTemplate(file), template, region)).toEqual([]);
  });
});

test.each(services.filter(({ name }) => UNCOVERED.includes(name)).map((given) => [given.name, given] as const))(
  '%s is refused without its compiled template', (_name, given) => {
    // WHEN
    const synthesize = (): unknown => synthesized(given);

    // THEN
    expect(synthesize).toThrow(/ has more than a WebSocket service, and deploying without it would delete it: .*; run `serverless package`, and give /);
  });

/** The template that `cdk deploy` would deploy: errors of the stack end it. */
function synthesized({ options }: ServerlessCase, compiledTemplate?: string): { readonly template: Template; readonly region: string } {
  const { path, stage, region, params, values, environment } = options;
  const app = quickApp();
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    const stack = new ServerlessStack(app, 'Stack', {
      path, stage, region, params: { ...params }, variables: values as Record<string, string>, compiledTemplate,
    });
    const errors = Annotations.fromStack(stack).findError('*', Match.anyValue()).map(({ entry }) => String(entry.data));
    if (errors.length > 0) throw new Error(errors.join('\n'));
    return { template: app.synth().getStackArtifact(stack.artifactId).template as Template, region: stack.region };
  } finally {
    process.env = before;
  }
}
