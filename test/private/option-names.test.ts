import * as fs from 'fs';
import * as path from 'path';
import { optionNames } from '../../projenrc/option-names';

test('the table is what the types of the library and of aws-cdk-lib say; `npx projen option-names` writes it anew', () => {
  expect(fs.readFileSync(path.join(__dirname, '../../lib/private/option-names.ts'), 'utf8')).toBe(optionNames());
});
