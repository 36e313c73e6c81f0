import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketService } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { bundleOf } from '../_helpers/quick-app';

let folder: AppFolder;

beforeAll(() => {
  folder = new AppFolder({ 'src/a.ts': 'import { greet } from "./greet"; export const main = greet;', 'src/greet.ts': 'export const greet = () => "hello";' });
  fs.symlinkSync(path.join(folder.path, 'src'), path.join(folder.path, 'linked'));
  fs.symlinkSync(folder.path, path.join(folder.path, 'app'));
});
afterAll(() => folder.leave());

function service(...handlers: string[]): WebsocketService {
  return new WebsocketService(new Stack(new App(), 'Stack'), 'Chat', {
    routes: Object.fromEntries(handlers.map((handler, number) => [`route${number}`, { handler }])),
    authorizer: ConnectAuthorizer.none(),
  });
}

function resources(chat: WebsocketService): Record<string, unknown> {
  return Template.fromStack(Stack.of(chat)).toJSON().Resources;
}

test.each<[string, () => string]>([
  ['a relative path through a linked folder', () => './linked/a.ts.main'],
  ['an absolute path through a linked folder', () => path.join(folder.path, 'linked/a.main')],
  ['an absolute path through a link to the folder of the app', () => path.join(folder.path, 'app/src/a.main')],
])('%s names the same handler: one function of the same id', (_case, handler) => {
  // WHEN
  const plain = service('src/a.main', 'src/a.main');
  const linked = service('src/a.main', handler());

  // THEN
  expect(linked.function('route1')).toBe(linked.function('route0'));
  expect(resources(linked)).toEqual(resources(plain));
});

test('a handler that is only named through a link is the same too, and is bundled', () => {
  // WHEN
  const linked = service(path.join(folder.path, 'app/linked/a.main'));

  // THEN
  expect(resources(linked)).toEqual(resources(service('src/a.main')));
  const assembly = (linked.node.root as App).synth();
  expect(bundleOf(assembly, linked.function('route0'))['index.js']).toContain('hello');
});
