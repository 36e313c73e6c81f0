import { execFileSync, spawnSync, SpawnSyncReturns } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');
const DIST = path.join(ROOT, 'dist', 'python');

let folder: string;

/** What `npx projen test:python` has packaged, in an environment of its own. It takes a minute and a registry, so `npm test` skips it. */
const wanted = process.env.TEST_PYTHON !== undefined;
const obstacle = wanted ? install() : undefined;
if (obstacle !== undefined) process.stderr.write(`test/python.test.ts is skipped: ${obstacle}\n`);
const suite = wanted && obstacle === undefined ? describe : describe.skip;

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

/** Runs an app whose service has these properties, and returns what it printed on stderr, or its resources of a type. */
function run(properties: string): { stderr: string; resources: (type: string) => Array<Record<string, unknown>> } {
  fs.rmSync(path.join(folder, 'cdk.out'), { recursive: true, force: true });
  fs.writeFileSync(path.join(folder, 'app.py'), `
from aws_cdk import App, Duration, Stack
from cdk_websocket_service import (
    WebsocketAuthorizer, WebsocketIntegration, WebsocketIntegrationResponse, WebsocketRouteOptions, WebsocketService, WebsocketStageOptions,
)

app = App(outdir="cdk.out", context={"aws:cdk:bundling-stacks": []})
stack = Stack(app, "Stack")
WebsocketService(stack, "Chat", authorizer=WebsocketAuthorizer.none(), ${properties})
app.synth()
`);
  const { stderr } = python('app.py');
  return {
    stderr,
    resources: (type) => {
      const { Resources } = JSON.parse(fs.readFileSync(path.join(folder, 'cdk.out', 'Stack.template.json'), 'utf8')) as {
        Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
      };
      return Object.values(Resources).filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
    },
  };
}

suite('an app in Python', () => {
  beforeAll(() => {
    fs.mkdirSync(path.join(folder, 'src'));
    fs.writeFileSync(path.join(folder, 'src', 'chat.js'), 'exports.enter = exports.say = async () => ({ statusCode: 200 });\n');
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const CONNECT = { RouteKey: '$connect', ApiKeyRequired: true };
  const SAY = { Handler: 'index.say', MemorySize: 512, Timeout: 20, Environment: { Variables: expect.objectContaining({ TABLE: 'chat' }) } };

  test.each<[string, string]>([
    ['structs', `routes={
      "$connect": WebsocketRouteOptions(handler="src/chat.enter", api_key_required=True),
      "say": WebsocketRouteOptions(handler="src/chat.say", memory_size=512, timeout=Duration.seconds(20), environment={"TABLE": "chat"}),
    }`],
    ['dicts', `routes={
      "$connect": {"handler": "src/chat.enter", "api_key_required": True},
      "say": {"handler": "src/chat.say", "memory_size": 512, "timeout": Duration.seconds(20), "environment": {"TABLE": "chat"}},
    }`],
    ['dicts spelled as in TypeScript', `routes={
      "$connect": {"handler": "src/chat.enter", "apiKeyRequired": True},
      "say": {"handler": "src/chat.say", "memorySize": 512, "timeout": Duration.seconds(20), "environment": {"TABLE": "chat"}},
    }`],
  ])('loses no option of a route: %s', (_case, properties) => {
    const { stderr, resources } = run(properties);

    expect(stderr).toBe('');
    expect(resources('AWS::ApiGatewayV2::Route')).toContainEqual(expect.objectContaining(CONNECT));
    expect(resources('AWS::Lambda::Function')).toContainEqual(expect.objectContaining(SAY));
  });

  test.each<[string, string]>([
    ['structs', '{"prod": WebsocketStageOptions(auto_deploy=False, stage_variables={"a": "b"})}'],
    ['dicts', '{"prod": {"auto_deploy": False, "stage_variables": {"a": "b"}}}'],
  ])('loses no option of an additional stage: %s', (_case, stages) => {
    const { stderr, resources } = run(`routes={"say": WebsocketRouteOptions(handler="src/chat.say")}, additional_stages=${stages}`);

    expect(stderr).toBe('');
    expect(resources('AWS::ApiGatewayV2::Stage')).toContainEqual(expect.objectContaining({
      StageName: 'prod', AutoDeploy: false, StageVariables: { a: 'b' },
    }));
  });

  test.each<[string, string]>([
    ['structs', 'WebsocketIntegrationResponse(key="$default", response_templates={"$default": "{}"})'],
    ['dicts', '{"key": "$default", "response_templates": {"$default": "{}"}}'],
  ])('loses no option of an integration response: %s', (_case, response) => {
    const { stderr, resources } = run(`routes={"say": {"integration": WebsocketIntegration.mock(responses=[${response}]), "return_response": True}}`);

    expect(stderr).toBe('');
    expect(resources('AWS::ApiGatewayV2::IntegrationResponse')).toContainEqual(expect.objectContaining({ ResponseTemplates: { $default: '{}' } }));
    expect(resources('AWS::ApiGatewayV2::Route')).toContainEqual(expect.objectContaining({ RouteKey: 'say', RouteResponseSelectionExpression: '$default' }));
  });

  test.each<[string, string, string]>([
    ['a route', 'routes={"say": {"handler": "src/chat.say", "api_key_requred": True}}', 'api_key_requred'],
    ['a stage', 'routes={"say": {"handler": "src/chat.say"}}, additional_stages={"prod": {"autodeploy": False}}', 'autodeploy'],
    ['a struct in a route', 'routes={"say": {"handler": "src/chat.say", "throttle": {"ratelimit": 5}}}', 'ratelimit'],
  ])('is told of a misspelt key of a dict: %s', (_case, properties, name) => {
    expect(run(properties).stderr).toContain(`got an unexpected keyword argument '${name}'`);
  });

  test('reads Python in the description of the package and in the docstrings', () => {
    const [info] = fs.readdirSync(path.join(folder, 'venv'), { recursive: true, encoding: 'utf8' }).filter((file) => /websocket_service-[^/\\]*[/\\]METADATA$/.test(file));
    const description = fs.readFileSync(path.join(folder, 'venv', info), 'utf8');

    expect(description).toContain('"$connect": WebsocketRouteOptions(handler="src/lifecycle.connect")');
    expect(description).toContain('"sendMessage": WebsocketRouteOptions(');
    expect(description).not.toMatch(/```python\nimport \{/);
    const doc = execFileSync(path.join(folder, 'venv', 'bin', 'python'), ['-c', 'import cdk_websocket_service as c; print(c.__doc__)'], { encoding: 'utf8' });
    expect(doc).toContain('"$connect": WebsocketRouteOptions(');
  });
});
