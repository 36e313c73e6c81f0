const { createRequire, Module } = require('module');
const { types: { isNativeError } } = require('util');
const { default: Runtime } = require('jest-runtime');
require('./few-keys');

/** What a worker loads once for all of its suites: loading aws-cdk-lib takes longer than most of them run. */
const SHARED = /^(aws-cdk-lib|aws-cdk-lib-newest|constructs|cdk-nag|typescript)(\/|$)/;

module.exports = class SharedRuntime extends Runtime {
  constructor(config, environment, ...rest) {
    // A suite that failed may have left its folder behind as the working directory.
    process.chdir(config.rootDir);
    super(config, environment, ...rest);
    share(config);
    takeErrorsOfOthers(environment.global.Error);
  }

  requireModuleOrMock(from, name) {
    return SHARED.test(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
};

let isPrepared = false;

function share({ moduleNameMapper }) {
  if (isPrepared) return;
  isPrepared = true;
  const newest = moduleNameMapper.find(([pattern]) => new RegExp(pattern).test('aws-cdk-lib'));
  if (newest) {
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (name, ...rest) => resolve(name.replace(/^aws-cdk-lib(?=\/|$)/, 'aws-cdk-lib-newest'), ...rest);
  }
  // Their graceful-fs replaces process.cwd by one that remembers, which suites that began earlier do not know of.
  const { cwd, chdir } = process;
  for (const library of ['aws-cdk-lib', 'aws-cdk-lib-newest']) createRequire(require.resolve(`${library}/package.json`))('graceful-fs');
  Object.assign(process, { cwd, chdir });
}

/** What is shared throws errors of the worker, which are none to the `Error` of a suite. */
function takeErrorsOfOthers(Error) {
  const hasInstance = Error[Symbol.hasInstance];
  Object.defineProperty(Error, Symbol.hasInstance, {
    value(value) { return hasInstance.call(this, value) || this === Error && isNativeError(value); },
  });
}
