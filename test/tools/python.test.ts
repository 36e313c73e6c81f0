import { spawnSync, SpawnSyncReturns } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, ServerlessStack, ServiceNaming, WebsocketService } from '../../lib';

const ROOT = path.join(__dirname, '..', '..');
const DIST = path.join(ROOT, 'dist', 'python');

let folder: string;

/** What `npx projen test:python` has packaged, in an environment of its own. */
const obstacle = install();
if (obstacle !== undefined) process.stderr.write(`test/tools/python.test.ts is skipped: ${obstacle}\n`);
const suite = obstacle === undefined ? describe : describe.skip;

function install(): string | undefined {
  if (spawnSync('python3', ['-m', 'venv', '--help']).status !== 0) return 'there is no python3 with venv';
  const wheel = (fs.existsSync(DIST) ? fs.readdirSync(DIST) : []).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) return `there is no wheel in ${DIST}; run npx projen test:python`;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'python-'));
  if (spawnSync('python3', ['-m', 'venv', path.join(folder, 'venv')]).status !== 0) return 'venv makes no environment';
  const { status, stderr } = python('-m', 'pip', 'install', '--quiet', 'aws-cdk-lib==2.257.0', path.join(DIST, wheel));
  return status === 0 ? undefined : `pip installs nothing: ${stderr.trim().split('\n').pop()}`;
}

function python(...args: string[]): SpawnSyncReturns<string> {
  const command = path.join(folder, 'venv', process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  return spawnSync(command, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, CDK_VALIDATION: 'false' } });
}

/** The properties of a service in each of some apps. All are made by one process: loading aws-cdk-lib is what takes time. */
const APPS = {
  'route: structs': `routes={
    "$connect": WebsocketServiceRoute(handler="src/chat.enter", api_key_required=True),
    "say": WebsocketServiceRoute(handler="src/chat.say", memory_size=512, timeout=Duration.seconds(20), environment={"TABLE": "chat"}),
  }`,
  'route: dicts': `routes={
    "$connect": {"handler": "src/chat.enter", "api_key_required": True},
    "say": {"handler": "src/chat.say", "memory_size": 512, "timeout": Duration.seconds(20), "environment": {"TABLE": "chat"}},
  }`,
  'route: dicts spelled as in TypeScript': `routes={
    "$connect": {"handler": "src/chat.enter", "apiKeyRequired": True},
    "say": {"handler": "src/chat.say", "memorySize": 512, "timeout": Duration.seconds(20), "environment": {"TABLE": "chat"}},
  }`,
  'stage: structs': 'routes=SAY, additional_stages={"prod": WebsocketStageOptions(auto_deploy=False, stage_variables={"a": "b"})}',
  'stage: dicts': 'routes=SAY, additional_stages={"prod": {"auto_deploy": False, "stage_variables": {"a": "b"}}}',
  'response: structs': `routes={"say": WebsocketServiceRoute(return_response=True, integration=RouteIntegration.mock(responses=[
    WebsocketIntegrationResponse(key="$default", response_templates={"$default": "{}"})]))}`,
  'response: dicts': `routes={"say": {"return_response": True, "integration": RouteIntegration.mock(responses=[
    {"key": "$default", "response_templates": {"$default": "{}"}}])}}`,
  'misspelt in a route': 'routes={"say": {"handler": "src/chat.say", "api_key_requred": True}}',
  'misspelt in a stage': 'routes=SAY, additional_stages={"prod": {"autodeploy": False}}',
  'misspelt in a struct of a route': 'routes={"say": {"handler": "src/chat.say", "throttle": {"ratelimit": 5}}}',
};

const SERVERLESS = `service: chat
provider: { name: aws, runtime: nodejs22.x, environment: { TABLE: !Ref Rooms } }
functions:
  enter: { handler: src/chat.enter, events: [{ websocket: $connect }] }
  say: { handler: src/chat.say, timeout: 20, events: [{ websocket: { route: say, routeResponseSelectionExpression: $default } }] }
resources: { Resources: { Rooms: { Type: AWS::SNS::Topic } } }
`;

/** A service that moves in, and one that is written anew with the old ids: in Python, and as an app in TypeScript. */
const MOVED = `
app = App(outdir="moved", context={"aws:cdk:bundling-stacks": []})
moved = ServerlessStack(app, "Moved", path="serverless.yml", stage="prod")
moved.service.function("say").add_environment("URL", moved.service.service.callback_url)
WebsocketService(
    Stack(app, "Named"), "Service", naming=ServiceNaming.serverless(service="chat"), authorizer=ConnectAuthorizer.none(),
    functions={"enter": WebsocketNamedFunction(handler="src/chat.enter", memory_size=512), "say": {"handler": "src/chat.say", "memory_size": 256}},
    routes={"$connect": {"function_key": "enter"}, "say": WebsocketServiceRoute(function_key="say", return_response=True)},
)
app.synth()
`;

function movedInTypeScript(): void {
  const app = new App({ outdir: path.join(folder, 'moved-typescript'), context: { 'aws:cdk:bundling-stacks': [] } });
  const moved = new ServerlessStack(app, 'Moved', { path: path.join(folder, 'serverless.yml'), stage: 'prod' });
  moved.service.function('say').addEnvironment('URL', moved.service.service.callbackUrl);
  new WebsocketService(new Stack(app, 'Named'), 'Service', {
    naming: ServiceNaming.serverless({ service: 'chat' }),
    authorizer: ConnectAuthorizer.none(),
    functions: {
      enter: { handler: path.join(folder, 'src/chat.enter'), memorySize: 512 },
      say: { handler: path.join(folder, 'src/chat.say'), memorySize: 256 },
    },
    routes: { $connect: { functionKey: 'enter' }, say: { functionKey: 'say', returnResponse: true } },
  });
  app.synth();
}

/** Hashes of code depend on where it is. */
function withoutHashes(file: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')
    .replace(/[0-9a-f]{64}/g, 'HASH').replace(/(LambdaVersion|WebsocketsDeployment)[0-9a-f]{16,}/g, '$1'));
}

type AppName = keyof typeof APPS;

/** Makes all apps; returns the errors of those that failed. */
function makeApps(): Record<string, string> {
  fs.mkdirSync(path.join(folder, 'src'));
  fs.writeFileSync(path.join(folder, 'src', 'chat.js'), 'exports.enter = exports.say = async () => ({ statusCode: 200 });\n');
  fs.writeFileSync(path.join(folder, 'serverless.yml'), SERVERLESS);
  fs.writeFileSync(path.join(folder, 'apps.py'), `
import json
from aws_cdk import App, Duration, Stack
from cdk_websocket_service import (
    ConnectAuthorizer, RouteIntegration, ServerlessStack, ServiceNaming, WebsocketIntegrationResponse, WebsocketNamedFunction,
    WebsocketServiceRoute, WebsocketService, WebsocketStageOptions,
)

SAY = {"say": WebsocketServiceRoute(handler="src/chat.say")}
errors = {}

def make(name, properties):
    app = App(outdir=name, context={"aws:cdk:bundling-stacks": []})
    try:
        WebsocketService(Stack(app, "Stack"), "Chat", authorizer=ConnectAuthorizer.none(), **properties())
    except TypeError as error:
        errors[name] = str(error)
    else:
        app.synth()

${Object.entries(APPS).map(([name, properties]) => `make(${JSON.stringify(name)}, lambda: dict(${properties}))`).join('\n')}
${MOVED}
print(json.dumps(errors))
`);
  const { status, stdout, stderr } = python('apps.py');
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, string>;
}

function resources(app: AppName, type: string): unknown[] {
  const { Resources } = JSON.parse(fs.readFileSync(path.join(folder, app, 'Stack.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: unknown }>;
  };
  return Object.values(Resources).filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
}

suite('an app in Python', () => {
  let errors: Record<string, string>;
  beforeAll(() => { errors = makeApps(); }, 600_000);
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  test.each<AppName>(['route: structs', 'route: dicts', 'route: dicts spelled as in TypeScript'])('loses no option of a %s', (name) => {
    expect(resources(name, 'AWS::ApiGatewayV2::Route')).toContainEqual(expect.objectContaining({ RouteKey: '$connect', ApiKeyRequired: true }));
    expect(resources(name, 'AWS::Lambda::Function')).toContainEqual(expect.objectContaining({
      Handler: 'index.say', MemorySize: 512, Timeout: 20, Environment: { Variables: expect.objectContaining({ TABLE: 'chat' }) },
    }));
  });

  test.each<AppName>(['stage: structs', 'stage: dicts'])('loses no option of an additional %s', (name) => {
    expect(resources(name, 'AWS::ApiGatewayV2::Stage')).toContainEqual(expect.objectContaining({
      StageName: 'prod', AutoDeploy: false, StageVariables: { a: 'b' },
    }));
  });

  test.each<AppName>(['response: structs', 'response: dicts'])('loses no option of an integration %s', (name) => {
    expect(resources(name, 'AWS::ApiGatewayV2::IntegrationResponse')).toContainEqual(expect.objectContaining({ ResponseTemplates: { $default: '{}' } }));
    expect(resources(name, 'AWS::ApiGatewayV2::Route')).toContainEqual(expect.objectContaining({ RouteResponseSelectionExpression: '$default' }));
  });

  test('moves a serverless.yml in as an app in TypeScript does, and has named functions with the old ids', () => {
    movedInTypeScript();

    expect(withoutHashes('moved/Moved.template.json')).toEqual(withoutHashes('moved-typescript/Moved.template.json'));
    expect(withoutHashes('moved/Named.template.json')).toEqual(withoutHashes('moved-typescript/Named.template.json'));
    expect(Object.keys((withoutHashes('moved/Moved.template.json') as { Resources: object }).Resources)).toEqual(
      expect.arrayContaining(['WebsocketsApi', 'SconnectWebsocketsRoute', 'SayLambdaFunction', 'Rooms']),
    );
  });

  test('is told of a misspelt key of a dict', () => {
    expect(errors).toEqual({
      'misspelt in a route': expect.stringContaining("got an unexpected keyword argument 'api_key_requred'"),
      'misspelt in a stage': expect.stringContaining("got an unexpected keyword argument 'autodeploy'"),
      'misspelt in a struct of a route': expect.stringContaining("got an unexpected keyword argument 'ratelimit'"),
    });
  });

  test('reads Python in the description of the package and in the docstrings', () => {
    const installed = fs.readdirSync(path.join(folder, 'venv'), { recursive: true, encoding: 'utf8' });
    const [info] = installed.filter((file) => /websocket_service-[^/\\]*[/\\]METADATA$/.test(file));
    const description = fs.readFileSync(path.join(folder, 'venv', info), 'utf8');

    expect(description).toContain('"$connect": WebsocketServiceRoute(handler="src/lifecycle.connect")');
    expect(description).toContain('"sendMessage": WebsocketServiceRoute(');
    expect(description).not.toMatch(/```python\nimport \{/);
    const [module] = installed.filter((file) => /cdk_websocket_service[/\\]__init__\.py$/.test(file));
    expect(fs.readFileSync(path.join(folder, 'venv', module), 'utf8')).toContain('"$connect": WebsocketServiceRoute(');
  });
});
