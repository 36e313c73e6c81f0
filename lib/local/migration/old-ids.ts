import type { ServicePlan } from '../../serverless/plan';

/**
 * Types that CloudFormation cannot give another logical id, of those that services of Serverless have. The list is from
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html ("Resource limitations").
 */
const NOT_MOVED: ReadonlySet<string> = new Set([
  'AWS::ACMPCA::Certificate', 'AWS::ApiGateway::BasePathMapping', 'AWS::ApiGateway::Method', 'AWS::AppConfig::ConfigurationProfile',
  'AWS::AppConfig::Deployment', 'AWS::AppConfig::Environment', 'AWS::Cognito::UserPoolRiskConfigurationAttachment',
  'AWS::Cognito::UserPoolUICustomizationAttachment', 'AWS::Cognito::UserPoolUserToGroupAttachment', 'AWS::Config::ConfigRule',
  'AWS::DynamoDB::GlobalTable', 'AWS::EC2::LaunchTemplate', 'AWS::EC2::VPCDHCPOptionsAssociation', 'AWS::Glue::Schema',
  'AWS::Lambda::EventInvokeConfig', 'AWS::MSK::Configuration', 'AWS::MSK::ServerlessCluster', 'AWS::OpenSearchServerless::Collection',
  'AWS::StepFunctions::StateMachineVersion', 'AWS::Synthetics::Canary', 'AWS::WAFv2::IPSet', 'AWS::WAFv2::RegexPatternSet',
  'AWS::WAFv2::RuleGroup', 'AWS::WAFv2::WebACL',
]);

/** The section about the ids that Serverless gave. */
export function later({ stackName, fragment }: ServicePlan): string {
  const resources = Object.entries(fragment.Resources);
  const fixed = resources.filter(([, { Type }]) => NOT_MOVED.has(Type));
  const [example] = resources.find(([, { Type }]) => Type === 'AWS::DynamoDB::Table') ?? resources[0] ?? ['ConnectionsTable'];
  const types = fixed.length === 0 ? 'CloudFormation can move the types in the file, except custom resources.'
    : `CloudFormation cannot move ${fixed.map(([id, { Type }]) => `\`${id}\` (${Type})`).join(', ')}.`;
  return `## The old ids

Logical ids are seen by nobody but CloudFormation: nothing is lost by keeping them, and \`naming\` is one property.

**The service.** Without \`naming\`, WebsocketService makes a role for each function instead of the shared one,
permissions for its API only, and names of its own. These are other resources, not only other ids: \`cdk refactor\` refuses
the step, and a deployment would replace API and functions, and so the URL. Whoever wants that runs \`migrate --fresh\`,
deploys the new stack beside this one, and moves the clients over.

**What is carried** in \`lib/resources.json\` can become constructs one by one. Write, for example,
\`new dynamodb.Table(this, 'Connections', ...)\` with the properties that the resource has, delete the resource from the file,
and let CloudFormation move it to its new id, before any deployment:

\`\`\`sh
npx cdk refactor --unstable=refactor --dry-run   # prints what would move
npx cdk refactor --unstable=refactor
\`\`\`

\`cdk refactor\` is a preview. A refactoring neither creates, deletes nor changes a resource: it is refused unless both sides
have the same resources with the same properties (\`npx cdk diff\` shows what differs). If several resources are equal,
\`--override-file\` says which is which. ${types}

**Another type**, such as \`TableV2\` for \`Table\`, or a resource that cannot be moved: detach it, which leaves it in the
account, and import it again.

\`\`\`sh
npx cdk orphan ${stackName}/Resources/${example} --unstable=orphan   # three deployments; prints a mapping
npx cdk import ${stackName} --resource-mapping-inline '<the mapping>'
\`\`\`

\`cdk orphan\` is a preview too. It takes exact construct paths of one stack, and puts literal values in the place of
references to the resource. Import needs a type that CloudFormation can import:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html`;
}
