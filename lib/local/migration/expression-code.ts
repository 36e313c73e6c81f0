import { array, call, Code, object, objectOf, quoted } from './code-layout';
import type { Imports } from './imports';
import { isObject } from '../../serverless/json-value';
import type { Json, JsonObject } from '../../serverless/template';

/** The strings among the pseudo parameters of CloudFormation, by their names in `Aws`. */
const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': 'ACCOUNT_ID',
  'AWS::NoValue': 'NO_VALUE',
  'AWS::Partition': 'PARTITION',
  'AWS::Region': 'REGION',
  'AWS::StackId': 'STACK_ID',
  'AWS::StackName': 'STACK_NAME',
  'AWS::URLSuffix': 'URL_SUFFIX',
};

/** The code of an intrinsic function, if its argument has the usual form. */
type Printer = (argument: Json, imports: Imports) => Code | undefined;

/** Functions whose code is a string for the type checker. */
const STRINGS: Readonly<Record<string, Printer>> = {
  'Ref': (argument, imports) => {
    if (typeof argument !== 'string') return undefined;
    if (Object.hasOwn(PSEUDO_PARAMETERS, argument)) return `${imports.core('Aws')}.${PSEUDO_PARAMETERS[argument]}`;
    return argument.startsWith('AWS::') ? undefined : call(`${imports.core('Fn')}.ref`, quoted(argument));
  },
  'Fn::Join': (argument, imports) => {
    const [delimiter, items] = Array.isArray(argument) ? argument : [];
    if (typeof delimiter !== 'string' || !Array.isArray(items) || items.length === 0) return undefined;
    return call(`${imports.core('Fn')}.join`, quoted(delimiter), array(items.map((item) => stringCode(item, imports))));
  },
  'Fn::Sub': (argument, imports) => {
    const [text, variables, ...rest] = Array.isArray(argument) ? argument : [argument];
    if (typeof text !== 'string' || rest.length > 0 || variables !== undefined && !isObject(variables)) return undefined;
    return call(`${imports.core('Fn')}.sub`, quoted(text), ...variables ? [stringsCode(variables, imports)] : []);
  },
  'Fn::ImportValue': (argument, imports) => call(`${imports.core('Fn')}.importValue`, stringCode(argument, imports)),
  'Fn::FindInMap': (argument, imports) => {
    if (!Array.isArray(argument) || argument.length !== 3) return undefined;
    return call(`${imports.core('Fn')}.findInMap`, ...argument.map((item) => stringCode(item, imports)));
  },
  'Fn::Base64': (argument, imports) => call(`${imports.core('Fn')}.base64`, stringCode(argument, imports)),
};

/** Functions whose code is an `IResolvable`, which has `toString()`. */
const RESOLVABLES: Readonly<Record<string, Printer>> = {
  'Fn::GetAtt': (argument, imports) => {
    const [id, attribute] = typeof argument === 'string' ? argument.split(/\.(.*)/s) : Array.isArray(argument) ? argument : [];
    if (typeof id !== 'string' || typeof attribute !== 'string') return undefined;
    return call(`${imports.core('Fn')}.getAtt`, quoted(id), quoted(attribute));
  },
  'Fn::If': (argument, imports) => {
    if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') return undefined;
    const [condition, ...values] = argument;
    return call(`${imports.core('Fn')}.conditionIf`, quoted(condition as string), ...values.map((value) => valueCode(value, imports)));
  },
};

/** A value of a template as code, for where the CDK takes any value, such as an override. */
export function valueCode(value: Json, imports: Imports): Code {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return array(value.map((item) => valueCode(item, imports)));
  return printed(value, STRINGS, imports) ?? printed(value, RESOLVABLES, imports)
    ?? objectOf(Object.entries(value).map(([name, member]) => [name, valueCode(member, imports)]));
}

/** The same for where the types ask for a string. */
export function stringCode(value: Json, imports: Imports): Code {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return quoted(String(value));
  if (!Array.isArray(value)) {
    const string = printed(value, STRINGS, imports);
    if (string !== undefined) return string;
    const resolvable = printed(value, RESOLVABLES, imports);
    if (resolvable !== undefined && typeof resolvable !== 'string') return { ...resolvable, close: `${resolvable.close}.toString()` };
  }
  return call(`${imports.core('Token')}.asString`, valueCode(value, imports));
}

/** A map of strings, such as the environment of a function. */
export function stringsCode(values: Readonly<Record<string, Json>>, imports: Imports): ReturnType<typeof object> {
  return objectOf(Object.entries(values).filter(([, value]) => value !== null).map(([name, value]) => [name, stringCode(value, imports)]));
}

function printed(value: JsonObject, printers: Readonly<Record<string, Printer>>, imports: Imports): Code | undefined {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0 || !Object.hasOwn(printers, name)) return undefined;
  return printers[name](value[name], imports);
}
