import { loadDotenv } from '../../../lib/serverless/reading/dotenv-file';
import { serviceFolder } from '../_helpers/service-folder';

const TEXT = [
  '# a comment', 'export PLAIN=a b # comment', "SINGLE='$PLAIN\\n'", 'DOUBLE="x\\ny"', 'EMPTY=', 'GIVEN=file', 'REFERENCE=${PLAIN}-${NONE:-none}',
  'LITERAL=\\$5', 'COLON: c', 'not a line',
].join('\r\n');

test('the values of a file, but for those that are set already', () => {
  // GIVEN
  const environment: Record<string, string | undefined> = { GIVEN: 'shell' };

  // WHEN
  loadDotenv(serviceFolder({ '.env': TEXT }), 'dev', environment);

  // THEN
  expect(environment).toEqual({
    GIVEN: 'shell', PLAIN: 'a b', SINGLE: 'a b\\n', DOUBLE: 'x\ny', EMPTY: '', REFERENCE: 'a b-none', LITERAL: '$5', COLON: 'c',
  });
});

test('the file of the stage stands in place of the other one, and neither is needed', () => {
  // GIVEN
  const folder = serviceFolder({ '.env': 'A=1\nB=2', '.env.prod': 'A=3' });
  const environments: Array<Record<string, string | undefined>> = [{}, {}];

  // WHEN
  loadDotenv(folder, 'prod', environments[0]);
  loadDotenv(serviceFolder({}), 'prod', environments[1]);

  // THEN
  expect(environments).toEqual([{ A: '3' }, {}]);
});
