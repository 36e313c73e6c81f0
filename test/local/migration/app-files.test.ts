import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as ts from 'typescript';
import { appOf, FULL, functionIdsOf, planOf, serviceOf } from './_helpers/plans';
import { type AppFiles, appFiles } from '../../../lib/local/migration/app-files';
import { print } from '../../../lib/local/migration/code-layout';
import { freshPlan } from '../../../lib/local/migration/fresh-plan';
import { functionCode, retentionCode } from '../../../lib/local/migration/function-code';
import { Imports } from '../../../lib/local/migration/imports';
import { synthesizeApp } from '../../../lib/local/migration/synthesis';
import type { ServicePlan } from '../../../lib/serverless/plan';
import type { Template } from '../../../lib/serverless/template';

const ROOT = path.join(__dirname, '..', '..', '..');

let folder: string;
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'app-files-')));
  fs.mkdirSync(path.join(folder, 'src'));
  fs.mkdirSync(path.join(folder, 'dist'));
  fs.writeFileSync(path.join(folder, 'src/handlers.js'), 'exports.connect = exports.message = exports.authorize = async () => ({ statusCode: 200 });');
  fs.writeFileSync(path.join(folder, 'dist/app.zip'), 'PK');
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** In the API of another stack, with roles and log groups of others, and code in Python. */
const GUEST: ServicePlan = planOf({
  apiId: { 'Fn::ImportValue': 'shared-api' },
  naming: { service: 'chat', role: 'arn:aws:iam::111122223333:role/chat', tags: { team: 'chat' } },
  functions: { job: { handler: 'app.main', code: '.', runtime: 'python3.12', hasLogGroup: false, role: { 'Fn::GetAtt': ['JobRole', 'Arn'] } } },
  routes: { job: { functionKey: 'job' } },
  attributes: { JobLambdaFunction: { DeletionPolicy: 'Retain' } },
  fragment: { Resources: { JobRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } } } },
});

const ARN_AUTHORIZER: ServicePlan = planOf({
  authorizer: { functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:auth', authorizerName: 'auth', identitySource: ['route.request.header.Auth'] },
  accessLogFormat: '$context.requestId $context.httpMethod',
});

function freshOf(plan: ServicePlan): { readonly plan: ServicePlan; readonly keptIds: readonly string[] } {
  const config = { resources: { Resources: { Connections: {} }, Outputs: { Table: {} } } };
  return freshPlan(plan, serviceOf(folder, { config }), functionIdsOf(plan));
}

function app(plan: ServicePlan, appFolder: string, changes = {}): AppFiles {
  return appFiles(appOf(plan, { serviceFolder: folder, appFolder, packedFiles: ['.git/**', '/node_modules/jest/**'], ...changes }));
}

async function synthesized(plan: ServicePlan, changes = {}): Promise<Template> {
  const synthesis = await synthesizeApp((appFolder) => app(plan, appFolder, changes), plan.stackName, folder);
  if ('missing' in synthesis) throw new Error(synthesis.missing);
  return synthesis.template;
}

test('a small service is written as an engineer would', () => {
  const { files } = appFiles(appOf(planOf({ authorizer: { functionKey: 'conn', authorizerName: 'conn', identitySource: ['route.request.header.Auth'] } })));

  expect(files.get('lib/chat-stack.ts')).toBe(`import * as path from 'path';
import { Duration, Stack, StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, ServiceNaming, WebsocketService } from 'cdk-websocket-service';
import { Construct } from 'constructs';

/** The folder of serverless.yml, where the code of the functions is. */
const SERVICE_FOLDER = path.join(__dirname, '..', '..');

export class ChatStack extends Stack {
  public constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    new WebsocketService(this, 'Service', {
      apiName: 'dev-chat-websockets',
      description: 'Serverless Websockets',
      stageDescription: 'Serverless Websockets',
      naming: ServiceNaming.serverless({ service: 'chat' }),
      defaults: {
        runtime: lambda.Runtime.NODEJS_20_X,
        memorySize: 1024,
        timeout: Duration.seconds(6),
        handlerRoot: SERVICE_FOLDER,
      },
      functions: {
        conn: { handler: 'src/handlers.connect' },
        msg: { handler: 'src/handlers.message' },
      },
      routes: {
        $connect: { functionKey: 'conn' },
        say: { functionKey: 'msg' },
      },
      authorizer: ConnectAuthorizer.functionKey('conn', {
        authorizerName: 'conn',
        identitySource: ['route.request.header.Auth'],
      }),
    });
  }
}
`);
  expect(files.get('bin/chat.ts')).toBe(`import { App } from 'aws-cdk-lib';
import { ChatStack } from '../lib/chat-stack';

const app = new App();

new ChatStack(app, 'chat-dev', {
  stackName: 'chat-dev',
  env: { region: 'us-east-1' },
});
`);
});

test('the app is made for the versions that this package is developed with', () => {
  const ours = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;

  const { dependencies, devDependencies } = JSON.parse(appFiles(appOf(planOf())).files.get('package.json')!) as typeof ours;

  expect(dependencies).toEqual({ ...ours.peerDependencies, 'cdk-websocket-service': '^1.2.3' });
  expect(devDependencies).toMatchObject({ 'esbuild': ours.optionalDependencies.esbuild, 'aws-cdk': `^${ours.devDependencies['aws-cdk']}` });
});

test.each([
  ['my-chat_2', 'bin/my-chat-2.ts', 'MyChat2Stack'], ['9lives', 'bin/lives.ts', 'LivesStack'], ['../x', 'bin/x.ts', 'XStack'], ['--', 'bin/service.ts', 'ServiceStack'],
])('files and class of %s are named %s and %s', (name, entry, className) => {
  const { files, entry: found, sources } = appFiles(appOf(planOf(), { name }));

  expect(found).toBe(entry);
  expect(files.get(sources[1])).toContain(`export class ${className} extends Stack {`);
});

test('text of a hostile file is never code', () => {
  // GIVEN text that ends a literal, a comment or an expression
  const text = "'); evil(); //${evil()}`*/\n\u2028";
  const plan = planOf({
    stackName: text,
    stageName: text,
    apiName: text,
    loggingLevel: text as 'INFO',
    accessLogFormat: text,
    naming: { service: text, tags: { [text]: text }, roleStatements: [{ Effect: text, Action: text, Resource: { [text]: text } }, { [text]: text }] },
    defaults: { runtime: text, architecture: text, environment: { [text]: { 'Fn::Sub': text } } },
    functions: { [text]: { handler: text, code: text, description: text } },
    routes: { [text]: { functionKey: text } },
    authorizer: { functionKey: text, authorizerName: text, identitySource: [text] },
    overrides: { [text]: { [text]: text } },
    attributes: { [text]: { [text]: text } },
  });

  // WHEN
  const { files, sources } = appFiles(appOf(plan, { name: text }));

  // THEN only literals have it
  const codes = sources.map((source) => ts.createSourceFile(source, files.get(source)!, ts.ScriptTarget.ES2022));
  const names = codes.flatMap((code) => {
    expect((code as unknown as { parseDiagnostics: unknown[] }).parseDiagnostics).toEqual([]);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) found.push(node.text);
      ts.forEachChild(node, visit);
    };
    visit(code);
    return found;
  });
  expect(names).not.toContain('evil');
  expect([...files.values()].join('')).not.toContain('\u2028');
});

test('what no option says is set below, once for functions that have it in common', () => {
  const stack = app(FULL, path.join(folder, 'cdk')).files.get('lib/chat-stack.ts')!;

  expect(stack.slice(stack.indexOf('    // No option'), stack.indexOf('\n  /** Changes'))).toBe(`    // No option of WebsocketService says these.
    for (const key of ['conn', 'auth']) {
      const resource = service.functionByKey(key).node.defaultChild as lambda.CfnFunction;
      resource.addPropertyOverride('VpcConfig', {
        SubnetIds: ['subnet-1'],
        SecurityGroupIds: [Fn.getAtt('Group', 'GroupId')],
      });
    }

    const defaultResource = service.functionByKey('default').node.defaultChild as lambda.CfnFunction;
    defaultResource.addPropertyOverride('Layers', [Fn.ref('Layer')]);
    defaultResource.addPropertyDeletionOverride('Tags');

    const api = service.api.node.defaultChild as apigateway.CfnApi;
    api.addPropertyOverride('Tags', { team: 'chat' });

    this.override('SconnectWebsocketsRoute', (resource) => {
      resource.addPropertyOverride('ApiKeyRequired', true);
    });

    // What Serverless deployed besides the service, as it was.
    new TemplateFragment(this, 'Resources', { file: path.join(__dirname, 'resources.json') });
  }
`);
});

test('the code of all plans compiles, and imports nothing that it does not use', () => {
  // GIVEN
  const fresh = freshOf(FULL);
  const changes = { keptIds: fresh.keptIds, isFresh: true };
  const plans = { small: [planOf()], full: [FULL], guest: [GUEST], arn: [ARN_AUTHORIZER], fresh: [fresh.plan, changes] } as const;
  const apps = path.join(folder, 'apps');
  for (const [name, [plan, different]] of Object.entries(plans)) {
    for (const [file, text] of app(plan, path.join(apps, name), different).files) {
      fs.mkdirSync(path.dirname(path.join(apps, name, file)), { recursive: true });
      fs.writeFileSync(path.join(apps, name, file), text);
    }
  }
  const { compilerOptions } = JSON.parse(fs.readFileSync(path.join(apps, 'full/tsconfig.json'), 'utf8')) as { compilerOptions: object };
  const modules = path.join(ROOT, 'node_modules');
  const paths = {
    'cdk-websocket-service': [path.join(ROOT, 'lib/index.ts')],
    'aws-cdk-lib': [path.join(modules, 'aws-cdk-lib')],
    'aws-cdk-lib/*': [path.join(modules, 'aws-cdk-lib/*')],
    'constructs': [path.join(modules, 'constructs')],
  };
  const options = { ...compilerOptions, paths, typeRoots: [path.join(modules, '@types')] };
  fs.writeFileSync(path.join(apps, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*/bin/*.ts', '*/lib/*.ts'] }));

  // WHEN
  const { stdout } = spawnSync(process.execPath, [path.join(modules, 'typescript7/bin/tsc'), '-p', apps], { encoding: 'utf8' });

  // THEN
  expect(stdout.split('\n').filter((line) => line.includes('apps/'))).toEqual([]);
  expect(stdout).toBe('');
});

test('the template has the ids of Serverless, and what the plan says', async () => {
  const { Resources, Outputs } = await synthesized(FULL);

  const handler = Resources.ConnLambdaFunction.Properties;
  expect(handler).toMatchObject({
    FunctionName: 'chat-prod-conn',
    MemorySize: 256,
    VpcConfig: FULL.overrides.ConnLambdaFunction.VpcConfig,
  });
  const variables = (handler!.Environment as { Variables: object }).Variables;
  expect(variables).toMatchObject({ ...FULL.defaults.environment });
  expect(Resources.MyDashmsgUnderscorefnLambdaFunction.Properties).toMatchObject({ Description: 'Says it', Runtime: 'nodejs22.x', Timeout: 29 });
  expect(Resources.DefaultLambdaFunction.Properties).toMatchObject({ Handler: 'app.main', Runtime: 'python3.12', EphemeralStorage: { Size: 1024 } });
  expect(Resources.AuthLambdaFunction.Properties).toMatchObject({ FunctionName: 'the-authorizer' });
  expect(Resources.SconnectWebsocketsRoute.Properties).toMatchObject({ ApiKeyRequired: true, AuthorizationType: 'CUSTOM' });
  expect(Resources.WebsocketsApi.Properties).toMatchObject({ Tags: { team: 'chat' }, RouteSelectionExpression: '$request.body.type' });
  expect(Resources.Connections).toEqual(FULL.fragment.Resources.Connections);
  expect(Resources.ServerlessDeploymentBucket).toBeUndefined();
  expect(Outputs).toMatchObject(FULL.fragment.Outputs!);
  expect(JSON.stringify(Resources.IamRoleLambdaExecution)).toContain(JSON.stringify({ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::*' }));
});

test('an override of a resource that is not there is an error', async () => {
  const plan = planOf({ overrides: { NoSuchResource: { A: 1 } } });

  await expect(synthesized(plan)).rejects.toMatchObject({
    code: 'APP_FAILED', message: expect.stringMatching(/^the generated app cannot be synthesized: .*There is no resource NoSuchResource/s),
  });
});

test('routes in the API of another stack have no API of their own', async () => {
  const { Resources } = await synthesized(GUEST);

  expect(Object.values(Resources).map(({ Type }) => Type)).not.toContain('AWS::ApiGatewayV2::Api');
  expect(Resources.jobWebsocketsRoute.Properties).toMatchObject({ ApiId: { 'Fn::ImportValue': 'shared-api' } });
  expect(Resources.JobLambdaFunction).toMatchObject({ DeletionPolicy: 'Retain', Properties: { Role: { 'Fn::GetAtt': ['JobRole', 'Arn'] } } });
});

test('a new stack has the ids of the CDK, but for those that others refer to', async () => {
  const { plan, keptIds } = freshOf(FULL);

  const { Resources } = await synthesized(plan, { keptIds, isFresh: true });

  expect(keptIds).toEqual(['WebsocketsApi']);
  expect(Object.keys(Resources)).toEqual(expect.arrayContaining(['WebsocketsApi', 'Connections']));
  expect(Object.keys(Resources).filter((id) => /^(Conn|Auth)LambdaFunction$|IamRoleLambdaExecution|WebsocketsRoute$/.test(id))).toEqual([]);
});

test.each([
  'nodejs18.x', 'nodejs20.x', 'nodejs24.x', 'python3.9', 'python3.14', 'ruby3.4', 'java21', 'java8.al2', 'provided.al2023', 'dotnet8', 'go1.x', 'nodejs26.x', 'python4.0',
])('the code of the runtime %s is one that aws-cdk-lib has', (runtime) => {
  const code = print(functionCode({ runtime }, { imports: new Imports(), root: 'ROOT' }), 0);

  const [, constant] = /Runtime\.(\w+),? \}$/.exec(code) ?? [];
  const known = lambda.Runtime.ALL.some(({ name }) => name === runtime);
  if (constant !== undefined && constant !== 'Runtime') expect((lambda.Runtime as unknown as Record<string, lambda.Runtime>)[constant].name).toBe(runtime);
  else expect({ code, known: known && runtime !== 'go1.x' }).toEqual({ code: expect.stringContaining(`new lambda.Runtime('${runtime}'`), known: false });
});

test('every retention that CloudWatch Logs has is one that aws-cdk-lib has', () => {
  const days = Object.values(RetentionDays).filter((value) => typeof value === 'number' && value !== RetentionDays.INFINITE) as number[];

  expect(days.map((each) => retentionCode(each, new Imports()))).toEqual(days.map((each) => `logs.RetentionDays.${RetentionDays[each]}`));
  expect(retentionCode(2, new Imports())).toBe('2 as logs.RetentionDays');
});
