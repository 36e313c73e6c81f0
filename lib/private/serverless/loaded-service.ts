import { Construct } from 'constructs';
import { compileService } from '../../serverless/compiling/compile';
import type { ServicePlan } from '../../serverless/plan';
import { readServerlessFile } from '../../serverless/reading/read-service';
import type { ServerlessNotice, ServerlessService } from '../../serverless/service';
import { planService } from '../../serverless/service-plan';
import type { Template } from '../../serverless/template';
import type { ServerlessWebsocketServiceProps } from '../../serverless-websocket-service';
import { Checks } from '../checks/checks';
import { OBJECT, STRING } from '../checks/kind';
import { readTemplate } from '../fragments/template-file';
import { list, problem } from '../problem';

/** A service of the Serverless Framework, read and planned, with nothing created yet. */
export interface LoadedService {
  readonly service: ServerlessService;
  readonly plan: ServicePlan;
  readonly notices: readonly ServerlessNotice[];
}

/** A stack and its service have the same props, and the file is read once: it may run scripts. */
const loaded = new WeakMap<ServerlessWebsocketServiceProps, LoadedService>();

function checkProps(scope: Construct, props: ServerlessWebsocketServiceProps): void {
  const checks = new Checks(scope);
  checks.required('props', props, { ...OBJECT, example: "{ path: 'serverless.yml' }" });
  checks.names('ServerlessWebsocketServiceProps', props);
  checks.required('path', props.path, { ...STRING, example: "'serverless.yml'" });
  checks.values('ServerlessWebsocketServiceProps', props);
}

/** Reads the file and plans the service. Throws for what a template that is compiled here cannot have. */
export function loadService(scope: Construct, props: ServerlessWebsocketServiceProps): LoadedService {
  const known = loaded.get(props);
  if (known) return known;
  checkProps(scope, props);
  const { path, stage, region, params, variables, compiledTemplate, packaging = 'bundled' } = props;
  const service = readServerlessFile({ path, stage, region, params, values: variables });
  if (compiledTemplate === undefined) checkCovered(scope, service);
  const template = compiledTemplate === undefined
    ? compileService(service, 'osls')
    : compiledBy(new Checks(scope), compiledTemplate);
  const result = { service, plan: planService(service, template, packaging), notices: service.notices };
  loaded.set(props, result);
  return result;
}

function compiledBy(checks: Checks, file: string): Template {
  const template = readTemplate(checks, 'compiledTemplate', file);
  checks.that('compiledTemplate', file, () => (Object.keys(template.Resources ?? {}).length > 0 ? undefined : {
    reason: 'holds no `Resources`', remedy: "use '.serverless/cloudformation-template-update-stack.json'",
  }));
  return template;
}

function sentence({ text, position }: ServerlessNotice): string {
  const bare = text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
  return position ? `${bare} (line ${position.line})` : bare;
}

/** What is not made here would be deleted from the stack. */
function checkCovered(scope: Construct, { uncovered, file }: ServerlessService): void {
  if (uncovered.length === 0) return;
  throw problem(scope, 'path', file, {
    reason: `has more than a WebSocket service, and deploying without it would delete it: ${list(uncovered.map(sentence))}`,
    remedy: "run `serverless package`, and give `compiledTemplate: '.serverless/cloudformation-template-update-stack.json'`, "
      + 'which carries the rest over as it is',
  });
}
