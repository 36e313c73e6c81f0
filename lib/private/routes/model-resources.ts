import { Token } from 'aws-cdk-lib';
import { CfnModel, CfnRoute, CfnRouteResponse, IWebSocketApi, WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { Fault, problem, show } from '../problem';
import { sortedBy } from '../values';

/** A model, checked. The object is its identity: whoever has the same one has the same model. */
export interface ModelDefinition {
  /** Given, or that of the model that exists. */
  readonly modelName?: string;
  /** What the schema or its file suggests. */
  readonly suggestedName?: string;
  /** Absent: the API has the model already. */
  readonly schema?: object;
  readonly description?: string;
  readonly contentType?: string;
}

/** A place in the props that has a model. */
export interface ModelUse {
  /** `routes["foo"].requestModel`: how messages name it. */
  readonly property: string;
  /** What the model selection expression gives; `$default` for all the rest. */
  readonly key: string;
  readonly definition: ModelDefinition;
}

/** What a route says of models and parameters, its contradictions ruled out. */
export interface RouteModelsPlan {
  readonly requestModels: readonly ModelUse[];
  readonly modelSelectionExpression?: string;
  readonly requestParameters?: Readonly<Record<string, boolean>>;
  readonly responseModels: readonly ModelUse[];
  readonly responseParameters?: Readonly<Record<string, boolean>>;
  readonly operationName?: string;
}

interface NamedModel {
  readonly name: string;
  /** Absent: the API has the model already. */
  readonly resource?: CfnModel;
}

/** The models of a service: one resource for each, whatever number of routes uses it. */
export class ModelResources {
  private readonly models = new Map<ModelDefinition, NamedModel>();
  /** Who has a name, for messages. */
  private readonly owners = new Map<string, ModelUse>();

  /** @param ofApi what models of the API there are, whichever construct made them */
  public constructor(private readonly scope: Construct, private readonly api: IWebSocketApi, private readonly ofApi = new Map<string, CfnModel>()) {}

  /** Sets what the plan says on a route. To be called in the order of the route keys: a model without a name has that of its first route. */
  public apply(route: WebSocketRoute, plan: RouteModelsPlan): void {
    const resource = route.node.defaultChild as CfnRoute;
    resource.operationName = plan.operationName;
    resource.modelSelectionExpression = plan.modelSelectionExpression;
    resource.requestModels = this.names(route.routeKey, plan.requestModels, resource);
    resource.requestParameters = plan.requestParameters && constraints(plan.requestParameters);

    const response = route.node.tryFindChild('Response') as CfnRouteResponse | undefined;
    if (!response) return;
    const { responseParameters } = plan;
    response.responseModels = this.names(`${route.routeKey} response`, plan.responseModels, response);
    response.responseParameters = responseParameters
      && Object.fromEntries(Object.entries(responseParameters).map(([name, required]) => [name, { required }]));
  }

  /** Names by key. A name is no reference, so CloudFormation is told what to make first. */
  private names(words: string, uses: readonly ModelUse[], user: CfnRoute | CfnRouteResponse): Record<string, string> | undefined {
    if (uses.length === 0) return undefined;
    return Object.fromEntries(sortedBy(uses, ({ key }) => key).map((use) => {
      const { name, resource } = this.model(words, use);
      if (resource) user.node.addDependency(resource);
      return [use.key, name];
    }));
  }

  private model(words: string, use: ModelUse): NamedModel {
    const { definition } = use;
    const known = this.models.get(definition);
    if (known) return known;
    const name = this.nameOf(words, use);
    this.checkOwner(name, use);
    const model = { name, resource: definition.schema ? this.resource(name, definition) : this.made(name) };
    this.models.set(definition, model);
    return model;
  }

  private nameOf(words: string, { property, key, definition }: ModelUse): string {
    const name = definition.modelName ?? definition.suggestedName ?? modelNameFrom(words, key === '$default' ? '' : key);
    if (name !== undefined) return name;
    throw problem(this.scope, property, definition.schema, {
      reason: 'has no name, and the route key has no letters or digits to make one of',
      remedy: 'give the model a `modelName`',
    });
  }

  /** Names are those of an API; two objects for one that exists are the same model all the same. */
  private checkOwner(name: string, use: ModelUse): void {
    const owner = this.owners.get(name);
    if (owner && (owner.definition.schema || use.definition.schema)) {
      throw problem(this.scope, use.property, name, {
        reason: `is the name of the model of ${owner.property} too, and a name is that of one model in an API`,
        remedy: 'give one of them another `modelName`, or use one WebsocketModel for both',
      });
    }
    const made = use.definition.schema && this.ofApi.get(name);
    if (made) {
      throw problem(this.scope, use.property, name, {
        reason: `is the name of a model of ${made.node.scope!.node.path}, which has the same API`,
        remedy: `use WebsocketModel.existing(${show(name)}) for that one, or give this one another \`modelName\``,
      });
    }
    this.owners.set(name, use);
  }

  /** A model that another construct made for the API, if it is to wait for: another stack waits for the API anyway. */
  private made(name: string): CfnModel | undefined {
    const model = this.ofApi.get(name);
    return model && this.scope.node.scopes.includes(model.stack) ? model : undefined;
  }

  private resource(name: string, { schema, description, contentType }: ModelDefinition): CfnModel {
    const model = new CfnModel(this.scope, `Model-${name}`, { apiId: this.api.apiId, name, schema, description, contentType });
    this.ofApi.set(name, model);
    return model;
  }
}

/** `RequestParameters` is free JSON to aws-cdk-lib, so its keys are written as CloudFormation has them. */
function constraints(parameters: Readonly<Record<string, boolean>>): Record<string, { Required: boolean }> {
  return Object.fromEntries(Object.entries(parameters).map(([name, required]) => [name, { Required: required }]));
}

/** The limit of the API. */
const LONGEST_NAME = 128;

/** What is wrong with the name of a model, if anything. */
export function modelNameFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name) || /^[A-Za-z0-9]{1,128}$/.test(name)) return undefined;
  const suggestion = modelNameFrom(name);
  return {
    reason: 'is not a legal name of a model',
    remedy: `use 1 to ${LONGEST_NAME} letters and digits${suggestion === undefined ? '' : `, for example "${suggestion}"`}`,
  };
}

/** A name made of other words: `send-message` is `SendMessage`. */
export function modelNameFrom(...texts: string[]): string | undefined {
  const words = texts.flatMap((text) => text.split(/[^A-Za-z0-9]+/)).filter((word) => word !== '');
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('').slice(0, LONGEST_NAME);
  return name === '' ? undefined : name;
}
