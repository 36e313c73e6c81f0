/**
 * What a process of its own evaluates for a script: a text, so that it needs no file beside it when the command is bundled. The request
 * comes by standard input, the answer goes to the file that is descriptor 3, in place of what the script may have written there. A
 * script that asks for a value of the configuration ends the process with what it asked for, and is run again when that is known.
 */
export const SCRIPT_PROCESS = `
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');

const request = JSON.parse(fs.readFileSync(0, 'utf8'));
const needs = [];
let isAnswered = false;

function answer(message) {
  if (!isAnswered) {
    const text = JSON.stringify(message);
    isAnswered = true;
    fs.ftruncateSync(3, 0);
    fs.writeSync(3, text, 0);
    process.exit(0);
  }
}

function describe(error) {
  return error instanceof Error ? String(error.stack) : String(error);
}

function ask(kind, text, argument) {
  const known = request.known.find((each) => each.kind === kind && each.text === text);
  if (known !== undefined) {
    return Promise.resolve(known.value);
  }
  needs.push({ kind, text, argument });
  setTimeout(() => answer({ needs }), 0);
  return new Promise(() => {});
}

const context = {
  options: request.options,
  resolveConfigurationProperty: async (keys) => ask('property', JSON.stringify([].concat(keys).map(String)), [].concat(keys).map(String)),
  resolveVariable: async (text) => ask('variable', String(text), String(text)),
};

function isPlain(value) {
  return typeof value === 'function' && !/^class\\b/.test(Function.prototype.toString.call(value));
}

async function load(file) {
  const extension = path.extname(file);
  if (extension === '.mjs') {
    return (await import(pathToFileURL(file).href)).default;
  } else if (extension === '.ts' || extension === '.mts') {
    const content = createRequire(file)('tsx/cjs/api').require(file, file);
    return content.default || content;
  }
  return createRequire(file)(file);
}

async function main() {
  let value = await load(request.file);
  if (!request.isVariable) {
    return value;
  }
  let isCalled = false;
  if (isPlain(value)) {
    isCalled = true;
    value = await value(context);
  }
  for (const key of request.keys) {
    if (value === null || value === undefined || (typeof value !== 'function' && !Object.prototype.hasOwnProperty.call(value, key))) {
      return undefined;
    }
    value = value[key];
    if (!isCalled && isPlain(value)) {
      isCalled = true;
      value = await value(context);
    } else if (!isCalled) {
      value = await value;
    }
  }
  return value;
}

main().then((value) => {
  const isFunction = typeof value === 'function';
  answer({ value: isFunction ? null : value, isFunction });
}).catch((error) => answer({ error: describe(error) }));
process.on('uncaughtException', (error) => answer({ error: describe(error) }));
process.on('exit', () => answer({ error: 'it ended before its promise was settled' }));
`;
