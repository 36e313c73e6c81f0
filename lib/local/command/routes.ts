import { readApp } from '../assembly/read-app';
import { harmless } from '../terminal/harmless';
import { routeTable } from '../terminal/served';

/** Stands for the region of an app that names none. */
const UNKNOWN_REGION = '<region>';

/** The WebSocket APIs of an assembly as text. */
export function routes(directory: string): string {
  const { apis, functions } = readApp(directory, { region: UNKNOWN_REGION });
  return harmless(`${apis.map((api) => routeTable(api, functions)).join('\n\n')}\n`);
}
