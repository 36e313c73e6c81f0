import type { Configuration } from './configuration';
import { shown } from './configuration';
import { nearest } from '../../private/nearest';
import { isObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { Mutable, MutableObject, Path } from './origins';
import type { ServerlessAuthorizer } from '../service';

const DEFAULT_IDENTITY_SOURCE = ['route.request.header.Auth'];
/** The functions that the schema of Serverless accepts as an authorizer's ARN. */
const ARN_FUNCTIONS = ['Fn::ImportValue', 'Fn::Join', 'Fn::GetAtt', 'Ref', 'Fn::Sub', 'Fn::Base64', 'Fn::ToJsonString'];
const IDENTITY_SOURCE = /^(?:route\.request\.(?:header|querystring)\.[^\s.,"']+|(?:context|stageVariables)\.[^\s,"']+)$/;

/** The authorizer of a websocket event: the key of a function, an ARN, or a map. */
export class AuthorizerReader {
  constructor(private readonly configuration: Configuration, private readonly functionKeys: readonly string[]) {}

  read(written: Mutable, path: Path): ServerlessAuthorizer | undefined {
    const value = scalar(written);
    if (value === null || value === '') {
      return undefined;
    } else if (isObject(value)) {
      return this.object(value, path);
    } else if (typeof value === 'object') {
      this.configuration.fail(path, `an authorizer is a function's key, an ARN, or a map with "name" or "arn", not ${shown(value)}.`);
    }
    const text = String(value);
    return text.includes(':') ? this.byArn(text, DEFAULT_IDENTITY_SOURCE, path) : this.byFunction(text, DEFAULT_IDENTITY_SOURCE, path);
  }

  /** `arn` wins over `name`, which names the authorizer only if the ARN is an intrinsic. */
  private object(value: MutableObject, path: Path): ServerlessAuthorizer {
    this.configuration.checkKeys(value, ['name', 'arn', 'identitySource'], path, 'a websocket authorizer');
    const identitySource = this.identitySource(value.identitySource ?? null, [...path, 'identitySource']);
    const [arn, name] = [scalar(value.arn ?? null), scalar(value.name ?? null)];
    if (typeof name === 'object' && name !== null) {
      this.configuration.fail([...path, 'name'], `the name of an authorizer is a text, not ${shown(name)}.`);
    }
    const isNamed = name !== null && name !== '';
    if (isObject(arn)) {
      this.checkIntrinsic(arn, [...path, 'arn']);
      return isNamed ? { name: this.authorizerName(String(name), [...path, 'name']), arn, identitySource }
        : this.configuration.fail(path, 'an authorizer whose "arn" is known only when CloudFormation deploys needs a "name" too.');
    } else if (arn !== null && arn !== '') {
      return this.byArn(String(arn), identitySource, [...path, 'arn']);
    }
    return isNamed ? this.byFunction(String(name), identitySource, [...path, 'name'])
      : this.configuration.fail(path, 'an authorizer needs "name", the key of a function of this file, or "arn".');
  }

  /** The name is what follows the last colon: with an alias, the alias. */
  private byArn(arn: string, identitySource: readonly string[], path: Path): ServerlessAuthorizer {
    if (!/^arn:[^:]+:lambda:/.test(arn)) {
      this.configuration.fail(path,
        `"${arn}" is not the ARN of a Lambda function: a websocket authorizer of Serverless can be nothing else.`);
    }
    return { name: this.authorizerName(arn.slice(arn.lastIndexOf(':') + 1), path), arn, identitySource };
  }

  private byFunction(key: string, identitySource: readonly string[], path: Path): ServerlessAuthorizer {
    if (!this.functionKeys.includes(key)) {
      const near = nearest(key, this.functionKeys);
      const hint = near === undefined ? `It has ${this.functionKeys.join(', ')}.` : `Did you mean "${near}"?`;
      this.configuration.fail(path, /^aws_iam$/i.test(key)
        ? `Serverless takes "${key}" for the key of a function, since its websocket events know no IAM. Set "AuthorizationType: AWS_IAM" `
          + 'below "resources.extensions.SconnectWebsocketsRoute.Properties".'
        : `authorizer "${key}" is not a function of this file. ${hint}`);
    }
    return { name: key, functionKey: key, identitySource };
  }

  private authorizerName(name: string, path: Path): string {
    if (!/^[a-zA-Z0-9]+$/.test(logicalIds.functionStem(name))) {
      this.configuration.fail(path, `authorizer "${name}" gets the logical id "${logicalIds.functionStem(name)}WebsocketsAuthorizer", `
        + 'which CloudFormation does not accept.');
    }
    return name;
  }

  private checkIntrinsic(arn: MutableObject, path: Path): void {
    const keys = Object.keys(arn);
    if (keys.length !== 1 || !ARN_FUNCTIONS.includes(keys[0])) {
      this.configuration.fail(path,
        `the ARN of an authorizer is a text, or one of the functions ${ARN_FUNCTIONS.join(', ')}, not ${shown(arn)}.`);
    }
  }

  private identitySource(value: Mutable, path: Path): string[] {
    if (value === null || value === '') {
      return DEFAULT_IDENTITY_SOURCE;
    }
    return (Array.isArray(value) ? value : [value]).map((source, index) => {
      if (source === null || typeof source === 'object') {
        this.configuration.fail([...path, index],
          `an identity source is a text such as "route.request.header.Auth", not ${shown(source)}.`);
      }
      const text = String(source);
      if (!IDENTITY_SOURCE.test(text)) {
        this.configuration.notice('identitySource', [...path, index], `API Gateway does not accept the identity source "${text}": `
          + 'it is "route.request.header.<name>", "route.request.querystring.<name>", "context.<name>" or "stageVariables.<name>".');
      }
      return text;
    });
  }
}

/** A list with one scalar is the scalar: Serverless turns it into one. */
export function scalar(value: Mutable): Mutable {
  return Array.isArray(value) && value.length === 1 && typeof value[0] !== 'object' ? value[0] : value;
}
