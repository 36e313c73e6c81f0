import * as path from 'path';
import { keyFates } from './key-fates';
import { later } from './old-ids';
import { isObject } from '../../serverless/json-value';
import type { ServicePlan } from '../../serverless/plan';
import type { ServerlessService } from '../../serverless/service';

/** What a deployment changes, resource by resource: the members of a `Difference` that the guide shows. */
export interface GuideDifference {
  readonly resources: readonly ChangedResource[];
}

interface ChangedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly verdict: string;
  /** What changes in place. */
  readonly changes?: ReadonlyArray<{ readonly path: string }>;
}

/** What the guide tells. */
export interface GuideOptions {
  readonly service: ServerlessService;
  readonly plan: ServicePlan;
  /** From the folder of the app to the file, and with the options by which it is read, as a shell takes them. */
  readonly relativeFile: string;
  readonly fileAndOptions: string;
  /** Against the template that is deployed, and where that came from. Missing if the app could not be synthesized here. */
  readonly difference?: GuideDifference;
  readonly comparedWith: string;
  readonly notices: readonly string[];
  /** Of a new stack: what it leaves out. */
  readonly left?: readonly string[];
}

/** The text of MIGRATION.md. */
export function migrationGuide(options: GuideOptions): string {
  const { service, plan, left } = options;
  const file = path.basename(service.file);
  const sections = [
    `# ${service.name}: from Serverless to the CDK\n\n`
    + `Written by \`cdk-websocket-service migrate\` from \`${file}\`, stage \`${service.stage}\`, Region \`${plan.region}\`.\n`
    + (left ? `This app makes a new stack, \`${plan.stackName}\`, beside the one that Serverless deployed.`
      : `This app deploys onto the stack \`${plan.stackName}\` that Serverless deployed: `
        + 'CloudFormation updates it in place, and clients keep their URL.'),
    left ? freshSection(left) : changesSection(options),
    left ? freshSteps(plan) : deploySteps(options),
    ...left ? [] : [rollBack(plan)],
    ...domainSection(service),
    ...left ? [] : [bucketSection(plan), later(plan)],
    keysSection(service, left !== undefined),
    ...noticesSection(options.notices),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const VERDICTS: ReadonlyArray<readonly [string, string]> = [
  ['changed', 'Changed in place'],
  ['added', 'Added'],
  ['renewed', 'Made anew, as on every deployment'],
  ['removed', 'Removed'],
  ['replaced', 'Replaced'],
];

function changesSection({ difference, comparedWith }: GuideOptions): string {
  const title = '## What the first deployment changes\n\n';
  if (!difference) return `${title}Not known yet: \`migrate\` did not find aws-cdk-lib or esbuild to synthesize the app. Step 2 shows it.`;
  const { resources } = difference;
  const kept = resources.filter(({ verdict }) => verdict === 'kept').length;
  const lists = VERDICTS.map(([verdict, text]) => {
    const found = resources.filter((resource) => resource.verdict === verdict);
    return found.length === 0 ? '' : `${text}:\n\n${found.map(resourceLine).join('\n')}`;
  });
  const summary = `${title}Compared with ${comparedWith}: ${kept} of ${resources.length} resources are kept as they are.`;
  return [summary, ...lists].filter((text) => text !== '').join('\n\n');
}

function resourceLine({ logicalId, type, changes = [] }: ChangedResource): string {
  const paths = changes.length === 0 ? '' : `: ${changes.map(({ path: property }) => property).join(', ')}`;
  return `- \`${logicalId}\` (${type})${paths}`;
}

function deploySteps({ plan: { stackName, region }, relativeFile, fileAndOptions }: GuideOptions): string {
  return `## Deploy

In the folder of this file, with the credentials and the Region that Serverless deployed with:

1. Install, and prepare the account once:

   \`\`\`sh
   npm install
   npx cdk bootstrap aws://ACCOUNT/${region}
   \`\`\`

2. Keep what is deployed now, and compare the app with it. The last line must say that nothing is removed and nothing replaced:

   \`\`\`sh
   aws cloudformation get-template --stack-name ${stackName} --query TemplateBody --output json > deployed.json
   npx cdk synth --quiet
   npx cdk-websocket-service migrate ${fileAndOptions} --check --compiled deployed.json --template cdk.out/${stackName}.template.json
   \`\`\`

3. Try the handlers on this machine: \`npx cdk-websocket-service local\`
4. Look at the differences as CloudFormation sees them, and deploy:

   \`\`\`sh
   npx cdk diff
   npx cdk deploy
   \`\`\`

5. Turn off \`serverless deploy\` in your pipeline. Keep \`${relativeFile}\` until you are sure that you will not roll back.`;
}

function rollBack({ stackName }: ServicePlan): string {
  return `## Roll back

The stack is the same, so Serverless (or \`osls\`) can deploy onto it again, from the folder of serverless.yml:

\`\`\`sh
serverless deploy --force
\`\`\`

Or without Serverless: with the template of step 2, as long as the deployment bucket has the code that it names.
A template of more than 51,200 bytes goes to S3 first (\`--template-url\`).

\`\`\`sh
aws cloudformation update-stack --stack-name ${stackName} --template-body file://deployed.json \\
    --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM
\`\`\`

If the update itself fails, CloudFormation rolls it back.`;
}

function freshSection(left: readonly string[]): string {
  if (left.length === 0) return '';
  return `## What the new stack leaves out

Serverless made these for itself, or for what only it knows:

${left.map((each) => `- ${each}`).join('\n')}`;
}

function freshSteps({ stackName }: ServicePlan): string {
  return `## Deploy

\`\`\`sh
npm install
npx cdk deploy
\`\`\`

The stack \`${stackName}\` has a URL of its own, and new tables and queues. Names in \`lib/resources.json\` that the old stack has
must be changed first. When all clients use the new URL, \`serverless remove\` in the folder of serverless.yml deletes the old
stack with its data.`;
}

function domainSection({ config, provider }: ServerlessService): string[] {
  const { custom, plugins } = config;
  const names = JSON.stringify(plugins ?? null);
  const hasDomain = names.includes('domain-manager') || isObject(custom) && (custom.customDomain ?? custom.customDomains) !== undefined
    || (provider.domain ?? provider.domains) !== undefined;
  if (!hasDomain) return [];
  return [`## The custom domain

The domain name, its mapping and its DNS record were made by calls, not by the stack. They point to the id of the API,
which stays, so the domain works on. Do not run \`serverless delete_domain\`. To bring them under CloudFormation later,
write them as constructs with the properties that they have, and take them over with \`cdk import\`. The option \`domain\`
of WebsocketService makes new ones.`];
}

function bucketSection({ naming, stackName }: ServicePlan): string {
  if (naming.deploymentBucket === false) return '';
  return `## The deployment bucket

\`ServerlessDeploymentBucket\` stays, since it has the code that a roll-back needs. When you are sure, find its name, empty it,
write \`deploymentBucket: false\` into the naming, and deploy. CloudFormation cannot delete a bucket that has objects.

\`\`\`sh
aws cloudformation describe-stack-resource --stack-name ${stackName} --logical-resource-id ServerlessDeploymentBucket
aws s3 rm s3://BUCKET --recursive
\`\`\``;
}

function keysSection({ config, stage }: ServerlessService, isFresh: boolean): string {
  const rows = keyFates(config, isFresh).map(({ key, fate }) => `| \`${cell(key)}\` | ${cell(fate)} |`);
  return [
    '## The keys of the file',
    '',
    `The values are those of the stage \`${stage}\`.`,
    '',
    '| key | what became of it |',
    '|---|---|',
    ...rows,
  ].join('\n');
}

function noticesSection(notices: readonly string[]): string[] {
  return notices.length === 0 ? [] : [`## Notices\n\n${notices.map((notice) => `- ${notice.replace(/\s*\n\s*/g, ' ')}`).join('\n')}`];
}

/** Text of the file within a table. */
function cell(text: string): string {
  return text.replace(/[|\\]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}
