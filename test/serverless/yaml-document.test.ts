import { problemOf } from './_helpers/service-folder';

test.each<[string, string, string]>([
  ['brackets', `a: ${'['.repeat(50_000)}`, 'serverless.yml: values lie too deep within each other.'],
  ['items', `a:\n ${'- '.repeat(50_000)}x`, 'serverless.yml: values lie too deep within each other.'],
  ['an alias of itself', 'a: &a [*a]\n', 'serverless.yml:1:7: values lie more than 100 levels deep.'],
  ['an unknown tag', 'a: !Nope x\n', 'serverless.yml:1:10: unknown tag "!Nope". Known are the short forms of CloudFormation functions: '
    + '!And, !Base64, !Cidr, !Condition, !Equals, !FindInMap, !GetAtt, !GetAZs, !GetStackOutput, !If, !ImportValue, !Join, !Not, !Or, !Ref, '
    + '!Select, !Split, !Sub, !Transform.'],
])('%s', (_, text, problem) => {
  expect(problemOf(text)).toBe(`ServerlessFileError: ${problem}`);
});
