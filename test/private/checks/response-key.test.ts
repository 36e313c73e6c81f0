import { responseKeyFault } from '../../../lib/private/checks/response-key';

test.each(['$default', '/200/', '/4\\d\\d/', '/.*timed out.*/', '/(?i)not found/', '/[a-z]++/', '/a\\/b/', '${Token[TOKEN.1]}'])('%s is legal', (key) => {
  expect(responseKeyFault(key)).toBeUndefined();
});

test.each(['', '200', '//', '/200', '200/', 'default', '\\$default'])('%s is no key', (key) => {
  expect(responseKeyFault(key)?.reason).toBe('is neither $default nor a /regular expression/');
});

test.each(['/(/', '/[a/', '/*a/', '/a{2,1}/'])('%s is broken', (key) => {
  expect(responseKeyFault(key)?.reason).toBe('is a broken regular expression');
});
