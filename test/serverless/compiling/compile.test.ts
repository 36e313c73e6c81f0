import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { compileService } from '../../../lib/serverless/compiling/compile';
import { ServerlessFileError } from '../../../lib/serverless/file-error';
import type { Dialect } from '../../../lib/serverless/service';
import type { JsonObject, Template, TemplateResource } from '../../../lib/serverless/template';
import { comparable, serviceOf, serviceOfConfig } from '../../_helpers/serverless-service';

const GOLDEN = path.join(__dirname, '../..', 'fixtures', 'serverless', 'golden');
const DIALECTS: ReadonlyArray<[Dialect, string]> = [['serverless', 'v3'], ['osls', 'osls4']];

describe('what the real compilers wrote, the parts that the golden files have', () => {
  const cases = readdirSync(GOLDEN).filter((name) => name.endsWith('.v3.json')).map((name) => name.slice(0, -'.v3.json'.length));

  test.each(cases.flatMap((name) => DIALECTS.map(([dialect, suffix]) => [name, dialect, suffix] as const)))('%s, %s', (name, dialect, suffix) => {
    // GIVEN
    const service = serviceOf(readFileSync(path.join(GOLDEN, `${name}.serverless.yml`), 'utf8'));
    const expected = comparable(JSON.parse(readFileSync(path.join(GOLDEN, `${name}.${suffix}.json`), 'utf8')) as Template);

    // WHEN
    const template = comparable(compileService(service, dialect));

    // THEN
    expect(partOf(template.Resources, expected.Resources)).toEqual(expected.Resources);
    expect(partOf(template.Outputs ?? {}, expected.Outputs ?? {})).toEqual(expected.Outputs);
  });
});

function partOf<T extends JsonObject | TemplateResource>(all: Readonly<Record<string, T>>, names: object): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in names));
}

describe('what Serverless rejects when it compiles', () => {
  test.each([
    ['functions: {a: {handler: h.h, fileSystemConfig: {arn: x, localMountPath: /mnt/x}}}',
      '/app/serverless.yml:3:1: function "a" has a file system: it needs a `vpc` of its own or of the provider.'],
    ['functions: {a: {handler: h.h, snapStart: true, provisionedConcurrency: 1}}',
      '/app/serverless.yml:3:1: function "a" has `provisionedConcurrency` and `snapStart`; Lambda allows one of them.'],
    ['functions: {a: {image: x}}',
      '/app/serverless.yml:3:1: function "a" is a container image, which only a compiled template can carry over: pass `compiledTemplate`.'],
    ['functions: {a: {}}', '/app/serverless.yml:2:1: function "a" has no `handler`.'],
    ['functions: {a: {handler: h.h, destinations: {onSuccess: b}}, b: {handler: h.h, condition: C}}',
      '/app/serverless.yml:3:1: function "a" has the destination "b", which exists under the condition "C" only: give both the same condition.'],
    ['resources: {extensions: {Nothing: {Properties: {}}}}',
      '/app/serverless.yml:3:1: `resources.extensions` extends "Nothing", a resource that the service does not make.'],
    ['resources: {extensions: {ServerlessDeploymentBucket: {Type: x}}}',
      '/app/serverless.yml:4:1: `resources.extensions` extends "Type" of "ServerlessDeploymentBucket". Serverless extends only Condition, '
      + 'CreationPolicy, DeletionPolicy, DependsOn, Metadata, Properties, UpdatePolicy, UpdateReplacePolicy.'],
  ])('%s', (text, message) => {
    const service = serviceOf(`service: svc\nprovider: {name: aws}\n${text}`);

    expect(() => compileService(service, 'osls')).toThrow(ServerlessFileError);
    expect(() => compileService(service, 'osls')).toThrow(expect.objectContaining({ message }));
  });
});

describe('what a service shares and what it must not reach', () => {
  const SHARED = `service: svc
provider: {name: aws, vpc: {securityGroupIds: [sg-1], subnetIds: [s-1]}}
functions: {a: {handler: h.h}, b: {handler: h.h}}
resources: {Resources: {ALambdaFunction: {Properties: {VpcConfig: {SubnetIds: [s-9]}}}}}
`;

  test.each([['serverless', 's-9'], ['osls', 's-1']] as const)('%s: an override of a list that the provider gives to all', (dialect, subnet) => {
    const service = serviceOf(SHARED);

    const { Resources } = compileService(service, dialect);

    expect(Resources.ALambdaFunction.Properties?.VpcConfig).toMatchObject({ SubnetIds: ['s-9'] });
    expect(Resources.BLambdaFunction.Properties?.VpcConfig).toMatchObject({ SubnetIds: [subnet] });
  });

  test('compiling twice gives the same, and leaves the service as it is', () => {
    const service = serviceOf(SHARED);
    const before = structuredClone(service.config);

    expect(compileService(service, 'serverless')).toEqual(compileService(service, 'serverless'));
    expect(service.config).toEqual(before);
  });

  test('a key `__proto__` changes no prototype', () => {
    const config = JSON.parse('{"resources":{"Resources":{"__proto__":{"polluted":1},"T":{"Type":"x","constructor":{"a":1}}}}}') as JsonObject;

    const template = compileService(serviceOfConfig({ service: 'svc', provider: { name: 'aws' }, ...config }), 'serverless');

    expect(template.Resources.T).toEqual({ Type: 'x' });
    expect({}).not.toHaveProperty('polluted');
  });
});
