import type { DomainMapping, RouteSettings, Stage } from './local-app';
import type { ApiParts, Resource } from './resource';
import { isRecord, JsonObject, own, scalarText } from '../protocol/json';

/** The stages of an API, and the custom domains that lead to them. */
export function readStages(parts: ApiParts): readonly Stage[] {
  const mappings = parts('ApiMapping');
  return parts('Stage').map((resource) => {
    const name = resource.requiredText('StageName');
    if (!resource.flag('AutoDeploy') && !resource.has('DeploymentId')) {
      resource.note('stage-not-deployed', `stage ${name} has neither AutoDeploy nor a DeploymentId: on AWS it serves no `
        + 'route until something deploys to it; set `autoDeploy: true`');
    }
    const byRoute = Object.entries(resource.object('RouteSettings')).filter(([, settings]) => isRecord(settings));
    return {
      name,
      variables: readVariables(name, resource),
      defaultRouteSettings: routeSettings(resource.object('DefaultRouteSettings')),
      routeSettings: Object.fromEntries(byRoute.map(([key, settings]) => [key, routeSettings(settings as JsonObject)])),
      mappings: mappings.filter((mapping) => mapping.text('Stage') === name).flatMap((mapping) => mappingOf(name, mapping)),
    };
  });
}

/** A variable that only a deployment knows is left out: it matters only to what reads it. */
function readVariables(stage: string, resource: Resource): Stage['variables'] {
  const { known, unresolved } = resource.knownTexts('StageVariables');
  for (const { name, refersTo, reason } of unresolved) {
    const variables = name === '*' ? 'variables' : `variable ${name}`;
    resource.note('stage-variable-unresolved', `stage ${stage} has no ${variables} here: the value in the template refers to `
      + `${refersTo}: ${reason}; write the value itself in the app, or give the parameter a default`);
  }
  return known;
}

/** A custom domain (1.1.5). One that only a deployment knows is left out: the stage is served at its other addresses. */
function mappingOf(stage: string, resource: Resource): DomainMapping[] {
  const unknown = ['DomainName', 'ApiMappingKey'].find((property) => resource.has(property) && resource.knownText(property) === undefined);
  if (unknown === undefined) {
    return [{ domainName: resource.requiredText('DomainName'), mappingKey: resource.knownText('ApiMappingKey') ?? '' }];
  }
  resource.note('mapping-unresolved', `stage ${stage} is not served at this domain: only a deployment knows its ${unknown}; write `
    + 'the value itself in the app, or give the parameter a default');
  return [];
}

/** Throttling limits (8.1); a value that is not a number is ignored. */
function routeSettings(settings: JsonObject): RouteSettings {
  const limits = [['throttlingBurstLimit', 'ThrottlingBurstLimit'], ['throttlingRateLimit', 'ThrottlingRateLimit']] as const;
  return Object.fromEntries(limits
    .map(([name, property]) => [name, Number(scalarText(own(settings, property)))] as const)
    .filter(([, limit]) => Number.isFinite(limit)));
}
