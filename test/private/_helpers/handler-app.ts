import { App, AppProps, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ICommandHooks } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import { Handler, resolveHandler } from '../../../lib/private/bundling/handler';
import { FunctionSettings } from '../../../lib/private/handlers/function-settings';
import { HandlerFunctions, HandlerUse } from '../../../lib/private/handlers/handler-functions';

export const FILES = {
  'src/a.ts': 'export const main = async () => "this is a";\nexport const other = async () => "this is other";\n',
  'src/b.ts': 'export const main = async () => "this is b";\n',
  'src/broken.ts': 'export const main = ;\n',
  'src/lost.ts': 'import \'./nowhere\';\nexport const main = async () => {};\n',
  'package-lock.json': '{}',
};

/** The code of a function whose handler is not bundled. */
export const PLACEHOLDER = 'throw new Error("this handler was not bundled");\n';

/** What esbuild says of `src/broken.ts`. */
export const BROKEN = [
  '✘ [ERROR] Unexpected ";"', '', '    src/broken.ts:1:20:', '      1 │ export const main = ;', '        ╵                     ^', '',
];

export interface HandlerApp {
  readonly app: App;
  readonly stack: Stack;
  readonly functions: HandlerFunctions;
}

/** An app with the functions of one service, `Stack/Chat`. */
export function handlerApp(props: AppProps = {}): HandlerApp {
  const app = new App(props);
  const stack = new Stack(app, 'Stack');
  return { app, stack, functions: new HandlerFunctions(new Construct(stack, 'Chat')) };
}

/** A use of a handler whose file is there. */
export function use(property: string, handler: string, settings: FunctionSettings = {}): HandlerUse {
  return { property, handler: resolveHandler(handler) as Handler, settings: { runtime: lambda.Runtime.NODEJS_24_X, ...settings } };
}

/** Hooks for which one build is not enough. */
export function hooks(...commands: string[]): ICommandHooks {
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_input: string, output: string) => commands.map((command) => command.replace('OUT', output)),
  };
}
