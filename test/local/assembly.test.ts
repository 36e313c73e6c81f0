import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, AppProps, CfnResource, CfnStack, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { AssemblyStack, readAssembly } from '../../lib/local/assembly';

const topic = (scope: Stack, id: string): CfnResource => new CfnResource(scope, id, { type: 'AWS::SNS::Topic' });

/** Name, region and the first resource of each stack, by name. */
function overview(stacks: AssemblyStack[]): unknown[] {
  return stacks.map(({ name, region, resources }) => [name.replace(/\w{8}(?=$|\/)/g, '<hash>'), region, Object.keys(resources)[0]]).sort();
}

test.each<[string, AppProps['context']]>([
  ['without asset metadata', {}],
  ['with asset metadata', { 'aws:cdk:enable-asset-metadata': true }],
])('reads the resources of every stack, those of stages and nested stacks included (%s)', (_, context) => {
  // GIVEN
  const app = new App({ context });
  topic(new Stack(app, 'First', { env: { region: 'eu-west-1', account: '111111111111' } }), 'One');
  const second = new Stack(new Stage(app, 'Prod'), 'Second');
  topic(second, 'Two');
  const inner = new NestedStack(second, 'Inner');
  topic(inner, 'Three');
  topic(new NestedStack(inner, 'Deep'), 'Four');

  // WHEN
  const stacks = readAssembly(app.synth().directory);

  // THEN
  expect(overview(stacks)).toEqual([
    ['First', 'eu-west-1', 'One'],
    ['Prod/Second', undefined, 'Two'],
    ['Prod/Second/InnerNestedStackInnerNestedStackResource<hash>', undefined, 'Three'],
    ['Prod/Second/InnerNestedStackInnerNestedStackResource<hash>/DeepNestedStackDeepNestedStackResource<hash>', undefined, 'Four'],
  ]);
});

test('reads each of several nested stacks, beside assets that are none', () => {
  // GIVEN
  const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-1', account: '111111111111' } });
  new Asset(stack, 'Asset', { path: __filename });
  for (const id of ['A', 'B']) topic(new NestedStack(stack, id), `In${id}`);
  topic(stack, 'Own');

  // WHEN
  const stacks = readAssembly((stack.node.root as App).synth().directory);

  // THEN
  expect(overview(stacks)).toEqual([
    ['Stack', 'eu-west-1', expect.anything()],
    ['Stack/ANestedStackANestedStackResource<hash>', 'eu-west-1', 'InA'],
    ['Stack/BNestedStackBNestedStackResource<hash>', 'eu-west-1', 'InB'],
  ]);
});

test('leaves out a nested stack whose template is elsewhere, and what only has such a URL', () => {
  // GIVEN
  const stack = new Stack(new App(), 'Stack');
  const nested = new NestedStack(stack, 'Inner');
  topic(nested, 'Topic');
  const elsewhere = `https://example.com/${'0'.repeat(64)}.json`;
  const resource = new CfnResource(stack, 'Elsewhere', { type: 'AWS::CloudFormation::Stack', properties: { TemplateURL: elsewhere } });
  new CfnResource(stack, 'NoUrl', { type: 'AWS::CloudFormation::Stack' });
  new CfnResource(stack, 'Other', {
    type: 'AWS::ServiceCatalog::CloudFormationProduct', properties: { TemplateURL: (nested.nestedStackResource as CfnStack).templateUrl },
  });

  // WHEN
  const [outer, ...inner] = readAssembly((stack.node.root as App).synth().directory);

  // THEN
  expect(outer.resources[stack.resolve(resource.logicalId) as string].Properties).toEqual({ TemplateURL: elsewhere });
  expect(overview(inner)).toEqual([['Stack/InnerNestedStackInnerNestedStackResource<hash>', undefined, 'Topic']]);
});

test('fails for a folder that is no assembly', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'no-assembly-'));

  expect(() => readAssembly(folder)).toThrow(
    new Error(`${folder} is no cloud assembly: it has no manifest.json; run \`cdk synth\` first`),
  );
});
