import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketServiceRoute, WebsocketService, WebsocketServiceProps } from '../../../lib';
import { AppFolder } from '../../_helpers/app-folder';

export const NUMBERS = [...Array(300).keys()];

/** A folder with `src/many.handle0` to `src/many.handle299`. */
export function manyHandlers(): AppFolder {
  return new AppFolder({ 'src/many.ts': NUMBERS.map((number) => `export const handle${number} = async () => ({});`).join('\n') });
}

/** `route0`, `route1`, ..., each with its own handler. */
export function routes(routeCount: number): Record<string, WebsocketServiceRoute> {
  return Object.fromEntries(NUMBERS.slice(0, routeCount).map((number) => [`route${number}`, { handler: `src/many.handle${number}` }]));
}

/** A service in nested stacks. */
export function service(stack: Stack, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes: routes(6), nestedStacks: 3, authorizer: ConnectAuthorizer.none(), ...props });
}

export interface Json {
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown>; DependsOn?: string[] }>;
  readonly Parameters?: object;
  readonly Outputs?: object;
}

export function nestedOf(stack: Stack): NestedStack[] {
  return stack.node.findAll().filter((node): node is NestedStack => node instanceof NestedStack);
}

/** The templates of the nested stacks by id, and that of the stack itself under its own; fails for a cycle between or within them. */
export function templates(stack: Stack): Record<string, Json> {
  (stack.node.root as App).synth();
  return Object.fromEntries([stack, ...nestedOf(stack)].map((each) => [each.node.id, Template.fromStack(each).toJSON() as Json]));
}

export function count(json: Json, type: string): number {
  return Object.values(json.Resources).filter(({ Type }) => Type === type).length;
}
