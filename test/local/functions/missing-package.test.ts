import { sampleFunction } from './sample-pool';
import { missingPackage } from '../../../lib/local/functions/missing-package';

const error = (errorMessage: string) => ({ errorType: 'Runtime.ImportModuleError', errorMessage, trace: [] });

test.each([
  ["Error: Cannot find module '@aws-sdk/client-dynamodb'\nRequire stack:\n- /app/index.js", '@aws-sdk/client-dynamodb'],
  ["Error: Cannot find module 'lodash/get'\nRequire stack:\n- /app/index.js", 'lodash'],
  ["Cannot find package '@scope/name' imported from /app/index.mjs", '@scope/name'],
])('%s', (message, name) => {
  expect(missingPackage(sampleFunction('fn'), error(message), '/app')).toEqual({
    code: 'package-missing',
    subject: 'Test/fn',
    text: `Test/fn imports ${name}, which is neither in its code nor in /app/node_modules: npm install --save-dev ${name}`,
  });
});

test.each([
  "Error: Cannot find module './text'",
  "Error: Cannot find module '/app/text.js' imported from /app/index.mjs",
  "Error: Cannot find module 'index'",
  'index.handler is undefined or not exported',
])('no package is missing: %s', (message) => {
  expect(missingPackage(sampleFunction('fn'), error(message), '/app')).toBeUndefined();
});
