import { planOf, serviceOf } from './_helpers/plans';
import { keyFates } from '../../../lib/local/migration/key-fates';
import { GuideOptions, migrationGuide } from '../../../lib/local/migration/migration-guide';
import type { JsonObject } from '../../../lib/serverless/template';

function guide(changes: Partial<GuideOptions> = {}): string {
  return migrationGuide({
    service: serviceOf('/srv/chat', { config: { service: 'chat' } }),
    plan: planOf(),
    relativeFile: '../serverless.yml',
    fileAndOptions: '../serverless.yml --stage prod',
    comparedWith: 'compiled.json',
    notices: [],
    ...changes,
  });
}

function section(text: string, heading: string): string | undefined {
  return text.split('\n## ').find((each) => each.startsWith(`${heading}\n`))?.slice(heading.length).trim();
}

test('the guide begins with what it is about, and has what an owner asks', () => {
  const text = guide();

  expect(text.split('\n## ')[0]).toBe(`# chat: from Serverless to the CDK

Written by \`cdk-websocket-service migrate\` from \`serverless.yml\`, stage \`dev\`, Region \`us-east-1\`.
This app deploys onto the stack \`chat-dev\` that Serverless deployed: CloudFormation updates it in place, and clients keep their URL.
`);
  expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
    'What the first deployment changes', 'Deploy', 'Roll back', 'The deployment bucket', 'The old ids', 'The keys of the file',
  ]);
  expect(section(text, 'Deploy')).toContain('migrate ../serverless.yml --stage prod --check --compiled deployed.json --template cdk.out/chat-dev.template.json\n');
  expect(section(text, 'Roll back')).toContain('update-stack --stack-name chat-dev --template-body file://deployed.json');
});

test('what a deployment changes is listed by what becomes of it', () => {
  const resources = [
    { logicalId: 'WebsocketsApi', type: 'AWS::ApiGatewayV2::Api', verdict: 'kept' },
    { logicalId: 'ConnLambdaFunction', type: 'AWS::Lambda::Function', verdict: 'changed', changes: [{ path: 'Code' }, { path: 'Environment.Variables.A' }] },
    { logicalId: 'WebsocketsDeploymentOld', type: 'AWS::ApiGatewayV2::Deployment', verdict: 'renewed' },
    { logicalId: 'Topic', type: 'AWS::SNS::Topic', verdict: 'removed' },
  ];

  expect(section(guide({ difference: { resources } }), 'What the first deployment changes')).toBe(`Compared with compiled.json: 1 of 4 resources are kept as they are.

Changed in place:

- \`ConnLambdaFunction\` (AWS::Lambda::Function): Code, Environment.Variables.A

Made anew, as on every deployment:

- \`WebsocketsDeploymentOld\` (AWS::ApiGatewayV2::Deployment)

Removed:

- \`Topic\` (AWS::SNS::Topic)`);
  expect(section(guide(), 'What the first deployment changes'))
    .toBe('Not known yet: `migrate` did not find aws-cdk-lib or esbuild to synthesize the app. Step 2 shows it.');
});

test('what CloudFormation cannot give another id is named', () => {
  const Resources = { Table: { Type: 'AWS::DynamoDB::Table' }, Everywhere: { Type: 'AWS::DynamoDB::GlobalTable' } };

  const ids = section(guide({ plan: planOf({ fragment: { Resources } }) }), 'The old ids');

  expect(ids).toContain('CloudFormation cannot move `Everywhere` (AWS::DynamoDB::GlobalTable).\n');
  expect(ids).toContain('npx cdk orphan chat-dev/Resources/Table --unstable=orphan ');
});

test.each([
  [{ custom: { customDomain: { domainName: 'ws.example.com' } } }, true],
  [{ plugins: ['serverless-domain-manager'] }, true],
  [{ custom: { name: 'x' } }, false],
])('a custom domain stays: %j', (config, hasSection) => {
  expect(section(guide({ service: serviceOf('/srv/chat', { config }) }), 'The custom domain') !== undefined).toBe(hasSection);
});

test('notices are lines of a list', () => {
  expect(section(guide({ notices: ['One\n  goes on', 'Two'] }), 'Notices')).toBe('- One goes on\n- Two');
});

test('a new stack has no roll-back, and says what it leaves out', () => {
  const text = guide({ plan: planOf({ stackName: 'chat-dev-cdk' }), left: ['HttpApi', 'HttpApiStage'] });

  expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(['What the new stack leaves out', 'Deploy', 'The keys of the file']);
  expect(section(text, 'What the new stack leaves out')).toContain('- HttpApi\n- HttpApiStage');
  expect(text).toContain('| `service` | The names of the stack and of the API. |');
});

test('every key of the file has a fate, and each key of functions one', () => {
  const config: JsonObject = {
    service: 'chat|x',
    custom: { stages: { dev: 1 }, customDomain: {} },
    provider: {
      'name': 'aws', 'websocketApiName': 'old', 'logs': { websocket: true, restApi: true }, 'iam': { role: { statements: [] } }, 'unheard-of': 1,
    },
    plugins: ['serverless-offline', 'serverless-esbuild', 'serverless-step-functions'],
    functions: {
      conn: { handler: 'a.b', events: [{ websocket: '$connect' }, { websocket: { route: 'x' } }] },
      job: { handler: 'a.c', vpc: {}, events: [{ schedule: 'rate(1 day)' }] },
    },
    resources: [{ Resources: { Table: {} } }, { extensions: { Table: {} } }],
    somethingElse: true,
  };

  const fates = Object.fromEntries(keyFates(config).map(({ key, fate }) => [key, fate]));

  expect(Object.keys(fates)).toEqual([
    'service', 'custom', 'custom.customDomain', 'provider.name', 'provider.websocketApiName', 'provider.logs.websocket', 'provider.logs.restApi',
    'provider.iam.role', 'provider.unheard-of', 'functions.*.handler', 'functions.*.events.websocket', 'functions.*.vpc', 'functions.*.events.schedule',
    'resources.Resources', 'resources.extensions', 'somethingElse', 'plugins: serverless-offline', 'plugins: serverless-esbuild',
    'plugins: serverless-step-functions',
  ]);
  expect(fates).toMatchObject({
    'provider.websocketApiName': 'No effect: Serverless does not read this key, so nothing deployed comes from it.',
    'provider.unheard-of': 'No option says it: what it made of the template is an override, or in `lib/resources.json`.',
    'functions.*.vpc': '`addPropertyOverride` on the functions.',
    'functions.*.events.schedule': 'Carried as it is in `lib/resources.json`.',
    'plugins: serverless-offline': 'Not needed: `npx cdk-websocket-service local` runs the service.',
    'plugins: serverless-step-functions': 'Not run. What it made of the compiled template is carried; what it does besides is up to you.',
  });
});
