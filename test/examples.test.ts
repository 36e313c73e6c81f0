import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

const EXAMPLES = path.join(__dirname, '..', 'examples');

/** The stack of an example, run from its folder as `cdk synth` runs it. */
function exampleStack(name: string): Stack {
  const before = process.cwd();
  process.chdir(path.join(EXAMPLES, name));
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return (require(path.join(EXAMPLES, name, 'app')) as { stack: Stack }).stack;
  } finally {
    process.chdir(before);
  }
}

test.each(['serverless-ws-test', 'authorizer'])('examples/%s', (name) => {
  const template = Template.fromStack(exampleStack(name)).toJSON();

  expect({ resources: template.Resources, outputs: template.Outputs }).toMatchSnapshot();
});

test.each([['AwsSolutions', AwsSolutionsChecks], ['Serverless', ServerlessChecks]])(
  'cdk-nag (%s) finds nothing in examples/serverless-ws-test that is not acknowledged there',
  (_, Checks) => {
    const app = exampleStack('serverless-ws-test').node.root as App;

    expect(new Checks(app).validateScope(app).violations).toEqual([]);
  },
);
