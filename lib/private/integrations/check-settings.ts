import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Factory, IntegrationPlan, IntegrationSettings, Refuse, ResponseSettings } from './integration-plan';
import { TARGETS } from './targets';
import { integrationTimeoutFault } from '../checks/integration-timeout';
import { checkKind, DURATION, OBJECT, requireKind } from '../checks/kind';
import {
  parameterDestinationFault, parameterSourceFault, responseDestinationFault, responseSourceFault,
} from '../checks/mapped-parameter';
import { checkOptionNames, checkOptionShapes, checkOptionValues } from '../checks/options';
import { responseKeyFault } from '../checks/response-key';
import { templateSelectionFault } from '../checks/template-selection';
import { checkDescription } from '../checks/text-length';
import { StructName } from '../option-names';
import { Fault, problem } from '../problem';

/** Throws what is wrong with the options of an integration. `property` is where it is given. */
export function checkPlan(scope: Construct, property: string, plan: IntegrationPlan): void {
  const refuse: Refuse = (option, value, fault) => { throw problem(scope, `${property}.${option}`, value, fault); };
  const target = TARGETS[plan.factory];
  if (target) requireKind(scope, `${property}.${target.option}`, plan.target, target.kind);
  requireKind(scope, property, plan.settings, { ...OBJECT, example: `the options of RouteIntegration.${plan.factory}` });
  checkProxy(refuse, plan);
  const struct = structOf(plan.factory);
  checkOptionNames(scope, `${property}.`, struct, plan.settings);
  checkOptionShapes(scope, `${property}.`, struct, plan.settings);
  const { timeout, description } = plan.settings;
  checkDescription(scope, `${property}.description`, description);
  checkKind(scope, `${property}.timeout`, timeout, DURATION);
  complain(refuse, 'timeout', timeout, timeout && integrationTimeoutFault(timeout));
  checkTexts(refuse, plan.settings);
  plan.check?.(refuse);
  checkOptionValues(scope, `${property}.`, struct, plan.settings);
}

function structOf(factory: Factory): StructName {
  const name = `${factory.charAt(0).toUpperCase()}${factory.slice(1)}` as Capitalize<Factory>;
  return `Websocket${name}IntegrationOptions`;
}

/** What makes request and answer of an integration that is no proxy. */
const TEMPLATED = ['requestTemplates', 'templateSelectionExpression', 'responses', 'passthroughBehavior'] as const;

function checkProxy(refuse: Refuse, { factory, settings }: IntegrationPlan): void {
  if (factory !== 'httpProxy' && factory !== 'lambdaAlias') return;
  const stray = TEMPLATED.find((option) => settings[option] !== undefined);
  if (!stray) return;
  refuse(stray, settings[stray], {
    reason: 'is not for a proxy integration, to which the message goes as it is and from which the answer comes so',
    remedy: `leave it out, or use ${factory === 'httpProxy' ? 'http' : 'lambda'} instead of ${factory}`,
  });
}

function checkTexts(refuse: Refuse, settings: IntegrationSettings): void {
  const { requestParameters = {}, templateSelectionExpression, responses = [] } = settings;
  for (const [destination, source] of Object.entries(requestParameters)) {
    complain(refuse, 'requestParameters', destination, parameterDestinationFault(destination));
    complain(refuse, `requestParameters["${destination}"]`, source, parameterSourceFault(source));
  }
  checkSelection(refuse, 'templateSelectionExpression', templateSelectionExpression);
  responses.forEach((response, index) => checkResponse(refuse, response, responses.slice(0, index)));
}

function checkResponse(refuse: Refuse, response: ResponseSettings, before: ResponseSettings[]): void {
  const { key, responseParameters = {}, templateSelectionExpression } = response;
  complain(refuse, 'responses', key, responseKeyFault(key));
  if (before.some((other) => other.key === key)) {
    refuse('responses', key, { reason: 'is the key of two integration responses', remedy: 'keep one of them' });
  }
  for (const [destination, source] of Object.entries(responseParameters)) {
    complain(refuse, `responses["${key}"].responseParameters`, destination, responseDestinationFault(destination));
    complain(refuse, `responses["${key}"].responseParameters["${destination}"]`, source, responseSourceFault(source));
  }
  checkSelection(refuse, `responses["${key}"].templateSelectionExpression`, templateSelectionExpression);
}

function checkSelection(refuse: Refuse, option: string, expression: string | undefined): void {
  if (expression !== undefined && !Token.isUnresolved(expression)) complain(refuse, option, expression, templateSelectionFault(expression));
}

function complain(refuse: Refuse, option: string, value: unknown, fault: Fault | undefined): void {
  if (fault) refuse(option, value, fault);
}
