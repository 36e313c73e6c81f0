import { JsonObject, own, scalarText } from './json';
import type { Mapping, RouteSettings, Stage } from './model';
import type { Notices } from './notices';
import type { Resource } from './resource';
import type { Resources } from './resources';
import { isRecord } from '../protocol/json';

/** The stages of an API, and the custom domains that lead to them. */
export function readStages(apiId: string, resources: Resources, notices: Notices): readonly Stage[] {
  const mappings = resources.partsOf(apiId, 'ApiMapping');
  return resources.partsOf(apiId, 'Stage').map((resource) => {
    const name = resource.requiredText('StageName');
    if (!resource.flag('AutoDeploy') && !resource.has('DeploymentId')) {
      notices.add('stage-not-deployed', resource.path, `stage ${name} has neither AutoDeploy nor a DeploymentId: on AWS it serves no `
        + 'route until something deploys to it; set `autoDeploy: true`');
    }
    const routeSettings = Object.entries(resource.object('RouteSettings')).filter(([, settings]) => isRecord(settings));
    return {
      name,
      variables: readVariables(name, resource, notices),
      defaultRouteSettings: settingsOf(resource.object('DefaultRouteSettings')),
      routeSettings: Object.fromEntries(routeSettings.map(([key, settings]) => [key, settingsOf(settings as JsonObject)])),
      mappings: mappings.filter((mapping) => mapping.text('Stage') === name).flatMap((mapping) => mappingOf(name, mapping, notices)),
    };
  });
}

/** One that only a deployment knows is left out: it matters to what reads it, and the rest of the stage is served. */
function readVariables(stage: string, resource: Resource, notices: Notices): Stage['variables'] {
  const { known, unresolved } = resource.knownTexts('StageVariables');
  for (const { name, refersTo, reason } of unresolved) {
    const variables = name === '*' ? 'variables' : `variable ${name}`;
    notices.add('stage-variable-unresolved', resource.path, `stage ${stage} has no ${variables} here: what the template says refers to `
      + `${refersTo}: ${reason}; write the value itself in the app, or give the parameter a default`);
  }
  return known;
}

/** 1.1.5; one that only a deployment knows is left out, and the stage is served at its other addresses. */
function mappingOf(stage: string, resource: Resource, notices: Notices): Mapping[] {
  const unknown = ['DomainName', 'ApiMappingKey'].find((property) => resource.has(property) && resource.knownText(property) === undefined);
  if (unknown === undefined) return [{ domainName: resource.requiredText('DomainName'), mappingKey: resource.knownText('ApiMappingKey') ?? '' }];
  notices.add('mapping-unresolved', resource.path, `stage ${stage} is not served at this domain: only a deployment knows its ${unknown}; write `
    + 'the value itself in the app, or give the parameter a default');
  return [];
}

/** 8.1; a limit that is no number is none. */
function settingsOf(settings: JsonObject): RouteSettings {
  const limits = [['throttlingBurstLimit', 'ThrottlingBurstLimit'], ['throttlingRateLimit', 'ThrottlingRateLimit']] as const;
  return Object.fromEntries(limits
    .map(([name, property]) => [name, Number(scalarText(own(settings, property)))] as const)
    .filter(([, limit]) => Number.isFinite(limit)));
}
