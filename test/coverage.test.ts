import * as fs from 'fs';
import * as path from 'path';
import * as zlib from 'zlib';
import * as ts from 'typescript';
import { maximalTemplates } from './_helpers/maximal-app';

const ROOT = path.join(__dirname, '..');
const PAGE = fs.readFileSync(path.join(ROOT, 'docs', 'coverage.md'), 'utf8');

/** The lowest and the newest supported aws-cdk-lib: the page is true for both. */
const LIBRARIES = ['aws-cdk-lib', 'aws-cdk-lib-newest'];

interface Documented {
  readonly name: string;
  readonly docs?: { readonly summary?: string; readonly remarks?: string };
}

interface Assembly {
  readonly types: Record<string, Documented & { readonly properties?: Documented[] }>;
}

function assemblyOf(library: string): Assembly {
  return JSON.parse(zlib.gunzipSync(fs.readFileSync(path.join(ROOT, 'node_modules', library, '.jsii.gz'))).toString());
}

const text = ({ docs }: Documented): string => `${docs?.summary ?? ''} ${docs?.remarks ?? ''}`.replace(/\s+/g, ' ');

/**
 * What CloudFormation has for API Gateway V2, with what AWS says of it: resources as `Stage`, their properties as `Stage.Tags`, and those
 * of a nested type as `Stage.RouteSettings.LoggingLevel`.
 */
function cloudFormationOf(library: string): Map<string, string> {
  const found = new Map<string, string>();
  const prefix = 'aws-cdk-lib.aws_apigatewayv2.Cfn';
  const types = Object.entries(assemblyOf(library).types).filter(([name]) => name.startsWith(prefix));
  for (const [name, type] of types) {
    const [, resource, nested] = /^(\w+?)(?:Props|\.(\w+)Property)$/.exec(name.slice(prefix.length)) ?? [];
    if (!resource) continue;
    const parent = types.find(([other]) => other === `${prefix}${resource}`)![1];
    found.set(resource, text(parent));
    for (const property of type.properties ?? []) {
      const id = [resource, ...nested ? [nested] : [], property.name.charAt(0).toUpperCase() + property.name.slice(1)].join('.');
      found.set(id, [text(property), text(type), text(parent)].join(' '));
    }
  }
  return found;
}

/** The rows of the tables below a heading: the name in the first cell, and the second cell. */
function rows(heading: string): Array<[string, string]> {
  const [, section] = PAGE.split(`\n## ${heading}\n`);
  return [...section.split('\n## ')[0].matchAll(/^\| `(?:AWS::ApiGatewayV2::)?([\w.]+)` \| (.*) \|$/gm)].map(([, name, cell]) => [name, cell]);
}

const SET = rows('Properties that are set');
const NOT_SET = rows('Properties that are not set');
const OTHER_RESOURCES = rows('Resources of other kinds of APIs');

const cloudFormation = new Map(LIBRARIES.map((library) => [library, cloudFormationOf(library)]));
const supported = new Map([...cloudFormation.values()].flatMap((properties) => [...properties]));
const isOther = (name: string): boolean => OTHER_RESOURCES.some(([resource]) => name.split('.')[0] === resource);

test.each(LIBRARIES)('every property that %s has is in one of the tables', (library) => {
  // GIVEN
  const all = [...cloudFormation.get(library)!.keys()].filter((name) => name.includes('.') && !isOther(name));
  const named = new Set([...SET, ...NOT_SET].map(([name]) => name));

  // THEN
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter((name) => !named.has(name))).toEqual([]);
});

test('the tables have nothing else, and nothing twice', () => {
  // GIVEN
  const named = [...SET, ...NOT_SET, ...OTHER_RESOURCES].map(([name]) => name);

  // THEN
  expect(named.filter((name) => !supported.has(name))).toEqual([]);
  expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
});

const quoted = [...NOT_SET, ...OTHER_RESOURCES].flatMap(([name, cell]) => [...cell.matchAll(/"([^"]+)"/g)].map(([, quote]) => [name, quote]));

test.each(quoted)('AWS says of %s: %s', (name, quote) => {
  expect(supported.get(name)).toContain(quote);
});

/** The structs that a name on the page stands for. */
const STRUCTS: Record<string, RegExp> = {
  service: /^WebsocketServiceProps$/,
  routes: /^WebsocketRoutesProps$/,
  route: /^WebsocketServiceRoute$/,
  authorizer: /^Websocket\w*Authorizer\w*Options$/,
  integration: /^Websocket\w*Integration\w*Options$/,
  response: /^WebsocketIntegrationResponse$/,
  model: /^WebsocketModelOptions$/,
  domain: /^WebsocketDomainOptions$/,
  accessLog: /^WebsocketAccessLog\w*$/,
};

/** The interfaces in lib/, with what they have and what they extend. */
function interfaces(): Map<string, { readonly members: string[]; readonly bases: string[] }> {
  const files = ['lib', 'lib/integrations'].flatMap((folder) => fs.readdirSync(path.join(ROOT, folder)).map((file) => path.join(ROOT, folder, file)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const statements = files.flatMap((file) => [...ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true).statements]);
  return new Map(statements.filter(ts.isInterfaceDeclaration).map((found) => [found.name.text, {
    members: found.members.map((member) => member.name!.getText()),
    bases: (found.heritageClauses ?? []).flatMap(({ types }) => types.map(({ expression }) => expression.getText())),
  }]));
}

const INTERFACES = interfaces();

/** Everything that a struct has, from its bases too. */
function membersOf(name: string): string[] {
  const { members = [], bases = [] } = INTERFACES.get(name) ?? {};
  return [...members, ...bases.flatMap(membersOf)];
}

/** The names of properties of ours on the page: `service.tags`. */
const OURS = [...new Set(SET.flatMap(([, cell]) => [...cell.matchAll(/`(\w+\.\w+)`/g)].map(([, name]) => name)))];

/** Property of a resource -> nested type of its value, where the names differ. */
const NESTED: Record<string, string> = {
  'Stage.DefaultRouteSettings': 'RouteSettings',
  'Route.RequestParameters': 'ParameterConstraints',
  'RouteResponse.ResponseParameters': 'ParameterConstraints',
  'DomainName.DomainNameConfigurations': 'DomainNameConfiguration',
};

type Value = Record<string, unknown>;

/** What a template sets, in the names of the page; the keys of maps are looked through. */
function setIn(template: { readonly Resources?: Record<string, { readonly Type: string; readonly Properties?: Value }> }): string[] {
  const resources = Object.values(template.Resources ?? {}).filter(({ Type }) => Type.startsWith('AWS::ApiGatewayV2::'));
  return resources.flatMap(({ Type, Properties = {} }) => {
    const resource = Type.split('::')[2];
    return Object.entries(Properties).flatMap(([property, value]) => {
      const name = `${resource}.${property}`;
      return [name, ...keysBelow(value).map((key) => `${resource}.${NESTED[name] ?? property}.${key}`).filter((id) => supported.has(id))];
    });
  });
}

function keysBelow(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(keysBelow);
  return Array.isArray(value) ? below : [...Object.keys(value), ...below];
}

test('what a template sets is told with nested types, lists and maps', () => {
  expect(setIn({
    Resources: {
      Stage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: {
          StageName: 'dev', DefaultRouteSettings: { LoggingLevel: 'INFO' }, RouteSettings: { foo: { DataTraceEnabled: true } },
        },
      },
      Domain: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainNameConfigurations: [{ CertificateArn: { Ref: 'Certificate' } }] } },
      Role: { Type: 'AWS::IAM::Role', Properties: { Tags: [] } },
    },
  })).toEqual([
    'Stage.StageName', 'Stage.DefaultRouteSettings', 'Stage.RouteSettings.LoggingLevel', 'Stage.RouteSettings', 'Stage.RouteSettings.DataTraceEnabled',
    'DomainName.DomainNameConfigurations', 'DomainName.DomainNameConfiguration.CertificateArn',
  ]);
});

describe('the library as it is', () => {
  test.each(OURS)('has %s', (name) => {
    // GIVEN
    const [struct, member] = name.split('.');

    // WHEN
    const candidates = [...INTERFACES.keys()].filter((candidate) => STRUCTS[struct].test(candidate));

    // THEN
    expect(candidates.flatMap(membersOf)).toContain(member);
  });

  test('sets in an app with everything what the page says, and nothing else', () => {
    // WHEN
    const found = new Set(maximalTemplates().flatMap(setIn));

    // THEN
    expect([...found].sort()).toEqual(SET.map(([name]) => name).sort());
  });
});
