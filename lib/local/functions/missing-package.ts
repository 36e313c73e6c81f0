import { builtinModules } from 'module';
import * as path from 'path';
import type { HandlerError } from './failures';
import type { LambdaFunction, Notice } from '../assembly/model';

/** Says which package a function lacks and how to get it; undefined if it failed to load for another reason. */
export function missingPackage(fn: LambdaFunction, error: HandlerError, appDirectory: string): Notice | undefined {
  const isPython = fn.runtime.startsWith('python');
  const wanted = (isPython ? PYTHON_IMPORT : NODE_IMPORT).exec(error.errorMessage)?.[1];
  if (wanted === undefined || wanted === moduleOf(fn) || builtinModules.includes(wanted)) return undefined;
  const name = isPython ? wanted.split('.')[0] : wanted.split('/').slice(0, wanted.startsWith('@') ? 2 : 1).join('/');
  const text = isPython
    ? `${fn.path} imports ${name}, which is neither in its code nor installed: pip install ${name}`
    : `${fn.path} imports ${name}, which is neither in its code nor in ${path.join(appDirectory, 'node_modules')}: `
      + `npm install --save-dev ${name}`;
  return { code: 'package-missing', subject: fn.path, text };
}

/** Bare names only: a file that is missing is no package. */
const NODE_IMPORT = /Cannot find (?:module|package) '((?![./#]|node:|file:)[^']+)'/;
const PYTHON_IMPORT = /No module named '([^']+)'/;

/** The handler's own module: that is missing if the handler is misspelt. */
function moduleOf(fn: LambdaFunction): string {
  return path.basename(fn.handler).split('.')[0];
}
