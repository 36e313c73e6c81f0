import { Token } from 'aws-cdk-lib';
import { CfnModel, CfnRoute, CfnRouteResponse, IWebSocketApi, WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { Fault, problem, show } from '../problem';
import { sortedBy } from '../values';

/** A checked model. The object is the identity of the model: routes with the same object share one resource. */
export interface ModelDefinition {
  /** The user's `modelName`, or the name of an existing model. */
  readonly modelName?: string;
  /** A name from the title of the schema, or from the file. */
  readonly suggestedName?: string;
  /** Absent if the model exists in the API already. */
  readonly schema?: object;
  readonly description?: string;
  readonly contentType?: string;
}

/** A property that holds a model. */
export interface ModelUse {
  /** As in messages: `routes["foo"].requestModel`. */
  readonly property: string;
  /** The value of the model selection expression; `$default` for all other values. */
  readonly key: string;
  readonly definition: ModelDefinition;
}

/** The models and parameters of a route, checked. */
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
  /** Absent if the model exists in the API already. */
  readonly resource?: CfnModel;
}

/** The models of a service, one resource for each. */
export class ModelResources {
  private readonly models = new Map<ModelDefinition, NamedModel>();
  /** The first use of each name, for messages. */
  private readonly owners = new Map<string, ModelUse>();

  /** @param ofApi the models of the API, whichever construct made them */
  public constructor(
    private readonly scope: Construct, private readonly api: IWebSocketApi, private readonly ofApi = new Map<string, CfnModel>(),
  ) {}

  /** Sets models and parameters of a route. To be called in the order of route keys: an unnamed model is named after its first route. */
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

  /** Names by key. Since a name is not a reference, the dependency is explicit. */
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
      reason: 'has no name, and the route key has no letters or digits to make a name from',
      remedy: 'give the model a `modelName`',
    });
  }

  /** Names are unique in an API. Two objects for one existing model are no conflict. */
  private checkOwner(name: string, use: ModelUse): void {
    const owner = this.owners.get(name);
    if (owner && (owner.definition.schema || use.definition.schema)) {
      throw problem(this.scope, use.property, name, {
        reason: `is also the name of the model of ${owner.property}, and names of models are unique in an API`,
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

  /** A model that another construct of this stack made for the API. Another stack depends on the whole stack of the API anyway. */
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

/** `RequestParameters` is plain JSON in aws-cdk-lib, so that keys need CloudFormation's spelling. */
function constraints(parameters: Readonly<Record<string, boolean>>): Record<string, { Required: boolean }> {
  return Object.fromEntries(Object.entries(parameters).map(([name, required]) => [name, { Required: required }]));
}

/** API Gateway's limit. */
const LONGEST_NAME = 128;

export function modelNameFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name) || /^[A-Za-z0-9]{1,128}$/.test(name)) return undefined;
  const suggestion = modelNameFrom(name);
  return {
    reason: 'is not a legal name of a model',
    remedy: `use 1 to ${LONGEST_NAME} letters and digits${suggestion === undefined ? '' : `, for example "${suggestion}"`}`,
  };
}

/** `SendMessage` from `send-message`. */
export function modelNameFrom(...texts: string[]): string | undefined {
  const words = texts.flatMap((text) => text.split(/[^A-Za-z0-9]+/)).filter((word) => word !== '');
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('').slice(0, LONGEST_NAME);
  return name === '' ? undefined : name;
}
