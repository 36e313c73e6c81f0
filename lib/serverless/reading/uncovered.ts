import type { Configuration } from './configuration';
import { isObject } from '../json-value';
import { member } from './origins';
import type { ServerlessFunction } from '../service';

/** Plugins that build, run or deploy, and leave the template as it is. */
const HARMLESS = new Set([
  'serverless-offline', 'serverless-esbuild', 'serverless-webpack', 'serverless-bundle', 'serverless-plugin-typescript',
  'serverless-prune-plugin', 'serverless-dotenv-plugin', 'serverless-python-requirements', 'serverless-rust', 'serverless-plugin-optimize',
  'serverless-plugin-include-dependencies', 'serverless-dynamodb-local', 'serverless-dynamodb', 'serverless-s3-local',
  'serverless-offline-sqs', 'serverless-offline-sns', 'serverless-localstack', 'serverless-stack-output', 'serverless-s3-sync',
  'serverless-export-env', 'serverless-deployment-bucket', 'serverless-better-credentials', 'serverless-plugin-scripts',
  'serverless-scriptable-plugin',
]);

/** Plugins that change the template, and what they do. */
const CHANGING: Readonly<Record<string, string>> = {
  'serverless-iam-roles-per-function': 'gives functions roles of their own',
  'serverless-step-functions': 'adds state machines',
  'serverless-plugin-warmup': 'adds a function that keeps others warm',
  'serverless-apigateway-service-proxy': 'adds integrations without functions',
  'serverless-plugin-canary-deployments': 'adds deployments and aliases of CodeDeploy',
  'serverless-plugin-split-stacks': 'moves resources into nested stacks',
  'serverless-plugin-log-retention': 'adds log retention',
  'serverless-plugin-aws-alerts': 'adds alarms',
  'serverless-appsync-plugin': 'adds GraphQL APIs',
  'serverless-pseudo-parameters': 'rewrites texts with "#{AWS::...}"',
  'serverless-plugin-resource-tagging': 'adds tags',
  'serverless-plugin-tracing': 'adds tracing',
  'serverless-plugin-lambda-dead-letter': 'adds dead letter queues',
  'serverless-associate-waf': 'associates a firewall',
  'serverless-add-api-key': 'adds API keys',
  'serverless-lift': 'adds constructs',
  'serverless-plugin-datadog': 'adds layers and handlers of its own',
  'serverless-plugin-lumigo': 'adds layers and handlers of its own',
};

/** Lists what makes resources of which the websocket part knows nothing. */
export function listUncovered(configuration: Configuration, functions: readonly ServerlessFunction[]): void {
  for (const { key, otherEvents, config } of functions) {
    for (const kind of otherEvents) {
      configuration.leave('otherEvent', ['functions', key, 'events'], `Function "${key}" has an event "${kind}".`);
    }
    if (member(config, 'image') !== undefined) {
      configuration.leave('image', ['functions', key, 'image'], `Function "${key}" is a container image.`);
    }
  }
  const layers = member(configuration.root, 'layers');
  if (isObject(layers) && Object.keys(layers).length > 0) {
    configuration.leave('layers', ['layers'], `The file makes layers: ${Object.keys(layers).join(', ')}.`);
  }
  listPlugins(configuration);
}

function listPlugins(configuration: Configuration): void {
  const { plugins } = configuration.root;
  const modules = isObject(plugins) ? member(plugins, 'modules') : plugins;
  for (const [index, name] of (Array.isArray(modules) ? modules : []).entries()) {
    const path = ['plugins', index];
    if (typeof name !== 'string' || HARMLESS.has(name)) {
      continue;
    } else if (name === 'serverless-domain-manager') {
      configuration.notice('domainManager', path,
        'Plugin "serverless-domain-manager" makes the custom domain by calls of its own, outside of the stack. '
        + 'The domain and its mapping stay as they are.');
    } else if (Object.hasOwn(CHANGING, name)) {
      configuration.leave('plugin', path, `Plugin "${name}" ${CHANGING[name]}.`);
    } else {
      configuration.leave('unknownPlugin', path, `Plugin "${name}" may change the template; plugins are never run.`);
    }
  }
}
