import { Reference, Stack, Stage, Token, Tokenization } from 'aws-cdk-lib';
import * as apigw from 'aws-cdk-lib/aws-apigateway';
import * as apigwv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct, IConstruct } from 'constructs';
import { show } from '../problem';
import { literal } from '../values';

type AnyMapping = apigwv2.CfnApiMapping | apigw.CfnBasePathMapping;
type AnyDomainName = apigwv2.CfnDomainName | apigw.CfnDomainName;

/** Resources of services. Of two that conflict, only the later one reports it. */
const ours = new WeakSet<IConstruct>();

/** Reports other resources of the app that conflict with the domain of a service. */
export function reportDomainConflicts(scope: Construct, mapping: apigwv2.CfnApiMapping, name?: apigwv2.CfnDomainName): void {
  for (const made of [mapping, name]) if (made) ours.add(made);
  scope.node.addValidation({
    validate: () => {
      const others = scope.node.root.node.findAll()
        .filter((other) => isMapping(other) || isName(other))
        .filter((other) => other !== mapping && other !== name && placeOf(other) === placeOf(scope));
      return others.flatMap((other) => {
        if (isMapping(other)) return mappingConflict(mapping, other);
        return name ? nameConflict(name, other) : [];
      });
    },
  });
}

function mappingConflict(mine: apigwv2.CfnApiMapping, other: AnyMapping): string[] {
  const domain = domainOf(mine);
  if (domain !== domainOf(other)) return [];
  const protocol = protocolOf(other);
  if (protocol !== undefined && protocol !== 'WEBSOCKET') {
    return [`domain: ${show(domain)} is also mapped to a ${protocol} API (${pathOf(other)}), but API Gateway requires a domain of their `
      + 'own for WebSocket APIs; use another domain name for one of the two'];
  }
  if (keyOf(mine) !== keyOf(other) || !reports(mine, other)) return [];
  return [`domain.mappingKey: ${show(keyOf(mine))} is already mapped to another stage at ${show(domain)} (${pathOf(other)}); `
    + 'give each of the two a key of its own'];
}

function nameConflict(mine: apigwv2.CfnDomainName, other: AnyDomainName): string[] {
  if (hostOf(mine) !== hostOf(other) || !reports(mine, other)) return [];
  return [`domain.domainName: ${show(hostOf(mine))} is also made by ${pathOf(other)}, but a domain name exists only once; `
    + 'make it outside of both and give it to both as `existing`'];
}

function reports(mine: IConstruct, other: IConstruct): boolean {
  return !ours.has(other) || other.node.path < mine.node.path;
}

function isMapping(node: IConstruct): node is AnyMapping {
  return node instanceof apigwv2.CfnApiMapping || node instanceof apigw.CfnBasePathMapping;
}

function isName(node: IConstruct): node is AnyDomainName {
  return node instanceof apigwv2.CfnDomainName || node instanceof apigw.CfnDomainName;
}

/** A name in two Regions, accounts or stages of the app is two domains. */
function placeOf(node: IConstruct): string {
  const { account, region } = Stack.of(node);
  return JSON.stringify([Stage.of(node)?.node.path, literal(account), literal(region)]);
}

/** The host of a domain name. Equal tokens mean the same host within one stack only. */
function hostOf(made: AnyDomainName): string {
  const { domainName, stack } = made;
  return Token.isUnresolved(domainName) ? `${stack.node.path}: ${JSON.stringify(stack.resolve(domainName))}` : domainName ?? made.node.path;
}

/** The name of the domain, or a text that identifies it until deployment. */
function domainOf(mapping: AnyMapping): string | undefined {
  const name = mapping.domainName;
  if (!Token.isUnresolved(name)) return name;
  const made = referredTo(name);
  const stack = Stack.of(mapping);
  if (!made || !isName(made)) return `${stack.node.path}: ${JSON.stringify(stack.resolve(name))}`;
  return Token.isUnresolved(made.domainName) ? made.node.path : made.domainName;
}

function keyOf(mapping: AnyMapping): string | undefined {
  const key = mapping instanceof apigwv2.CfnApiMapping ? mapping.apiMappingKey : mapping.basePath;
  return key === '' ? undefined : key;
}

/** `undefined` if the API is imported. */
function protocolOf(mapping: AnyMapping): string | undefined {
  if (mapping instanceof apigw.CfnBasePathMapping) return 'REST';
  const api = referredTo(mapping.apiId);
  if (api instanceof apigw.CfnRestApi) return 'REST';
  return api instanceof apigwv2.CfnApi ? api.protocolType : undefined;
}

function referredTo(text: string): IConstruct | undefined {
  const token = Tokenization.reverseString(text).firstToken;
  return Reference.isReference(token) ? token.target : undefined;
}

/** The path of the construct that the user wrote. */
function pathOf({ node }: IConstruct): string {
  return node.id === 'Resource' ? node.scope!.node.path : node.path;
}
