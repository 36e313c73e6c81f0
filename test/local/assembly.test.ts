import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { readAssembly } from '../../lib/local/assembly';

const topic = (scope: Stack, id: string): CfnResource => new CfnResource(scope, id, { type: 'AWS::SNS::Topic' });

test('reads the resources of every stack, those of stages and nested stacks included', () => {
  // GIVEN
  const app = new App({ context: { 'aws:cdk:enable-asset-metadata': true } });
  topic(new Stack(app, 'First', { env: { region: 'eu-west-1', account: '111111111111' } }), 'One');
  const second = new Stack(new Stage(app, 'Prod'), 'Second');
  topic(second, 'Two');
  topic(new NestedStack(second, 'Inner'), 'Three');

  // WHEN
  const stacks = readAssembly(app.synth().directory);

  // THEN
  const found = stacks.map(({ name, region, resources }) => [name.replace(/\w{8}$/, '<hash>'), region, Object.keys(resources)[0]]);
  expect(found.sort()).toEqual([
    ['First', 'eu-west-1', 'One'],
    ['Prod/Second', undefined, 'Two'],
    ['Prod/Second/InnerNestedStackInnerNestedStackResource<hash>', undefined, 'Three'],
  ]);
});

test('fails for a folder that is no assembly', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'no-assembly-'));

  expect(() => readAssembly(folder)).toThrow(
    new Error(`${folder} is no cloud assembly: it has no manifest.json; run \`cdk synth\` first`),
  );
});
