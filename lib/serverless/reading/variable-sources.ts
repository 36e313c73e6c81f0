import * as path from 'node:path';
import type { ConfigurationFiles } from './configuration-file';
import { isObject } from '../json-value';
import type { Mutable, MutableObject, Path } from './origins';
import { member, setMember } from './origins';
import { nearest } from '../../private/nearest';
import type { ReadOptions } from '../service';

/** What stands for the account's number until the whole configuration is known: an intrinsic takes its place. */
const ACCOUNT_ID = '\u0000AWS::AccountId\u0000';

/** A request for the value of one source, its parts resolved. */
export interface SourceRequest {
  readonly type: string;
  readonly params?: readonly Mutable[];
  readonly address?: Mutable;
  /** As it may be a key of `values`: `cf(us-east-1):stack.Output`. */
  readonly text: string;
  /** The value at a path of the configuration, resolved. */
  property(keys: readonly string[]): Mutable | undefined;
  /** A text, or what it resolves to. */
  resolveText(text: string): Mutable;
}

/** Thrown for a variable whose value only AWS or a plugin knows. */
export class UnknownValueError extends Error {}

/** The sources of variables, as Serverless has them. */
export class VariableSources {
  /** Names asked for that were not set; set by `.env` afterwards, they would contradict what was resolved before. */
  readonly missingEnvironment = new Set<string>();
  /** Resolved to what CloudFormation resolves when it deploys, or to what changes from run to run: texts between the braces. */
  readonly notable = new Set<string>();

  constructor(
    private readonly folder: string, private readonly options: ReadOptions, private readonly files: ConfigurationFiles,
    private readonly environment: Record<string, string | undefined>) {}

  /** `undefined` or `null`: the next source is asked. Throws an `Error` with what is wrong. */
  value(request: SourceRequest): Mutable | undefined {
    const given = this.options.values;
    if (given !== undefined && Object.hasOwn(given, request.text)) {
      return given[request.text] as Mutable;
    }
    switch (request.type) {
      case 'self': return request.property(request.address === undefined ? [] : address(request).split('.'));
      case 'opt': return this.option(request);
      case 'env': return this.env(address(request));
      case 'param': return this.param(request);
      case 'file': return this.file(request);
      case 'sls': return this.sls(request);
      case 'aws': return this.aws(request);
      case 'ssm': return this.ssm(request);
      case 'strToBool': return strToBool(request);
      default: throw new UnknownValueError(['cf', 's3'].includes(request.type) ? 'is known only to AWS'
        : 'has a source that Serverless itself does not know');
    }
  }

  stage(request: Pick<SourceRequest, 'property'>): string {
    const stage = this.options.stage ?? request.property(['provider', 'stage']) ?? 'dev';
    return typeof stage === 'string' ? stage : String(stage);
  }

  private option(request: SourceRequest): Mutable | undefined {
    const { stage = null, region = null } = this.options;
    const options: MutableObject = { stage, region };
    return request.address === undefined ? options : member(options, address(request));
  }

  private env(name: string): string | undefined {
    const value = Object.hasOwn(this.environment, name) ? this.environment[name] : undefined;
    if (value === undefined) {
      this.missingEnvironment.add(name);
    }
    return value;
  }

  /** As `--param` says, or `params` of the stage, or `params.default`. */
  private param(request: SourceRequest): Mutable | undefined {
    const name = address(request);
    const given = this.options.params;
    if (given !== undefined && Object.hasOwn(given, name)) {
      return given[name];
    }
    return request.property(['params', this.stage(request), name]) ?? request.property(['params', 'default', name]);
  }

  private sls(request: SourceRequest): Mutable {
    const name = address(request);
    if (name === 'stage') {
      return this.stage(request);
    } else if (name !== 'instanceId') {
      throw new Error(`is "\${sls:stage}" or "\${sls:instanceId}", not "\${${request.text}}"`);
    }
    this.notable.add(request.text);
    return String(Date.now());
  }

  private aws(request: SourceRequest): Mutable {
    const name = address(request);
    if (name === 'region') {
      return this.options.region ?? request.property(['provider', 'region']) ?? 'us-east-1';
    } else if (name !== 'accountId') {
      throw new Error(`is "\${aws:region}" or "\${aws:accountId}", not "\${${request.text}}"`);
    }
    this.notable.add(request.text);
    return ACCOUNT_ID;
  }

  /** A dynamic reference, unless its value is not that of the parameter itself. */
  private ssm(request: SourceRequest): string {
    const name = address(request);
    const params = (request.params ?? []).filter((param) => param !== 'raw' && param !== 'noDecrypt');
    if (params.length > 0) {
      throw new UnknownValueError(`is a parameter of region ${String(params[0])}, which no dynamic reference of CloudFormation reads`);
    } else if (name.startsWith('/aws/reference/secretsmanager/')) {
      throw new UnknownValueError('is a secret, which Serverless writes into the template as it is');
    } else if (!/^[a-zA-Z0-9_.\-/]+$/.test(name)) {
      throw new UnknownValueError('is not the name of a parameter that a dynamic reference of CloudFormation may have');
    }
    this.notable.add(request.text);
    return `{{resolve:ssm:${name}}}`;
  }

  private file(request: SourceRequest): Mutable | undefined {
    const name = request.params?.[0];
    if (typeof name !== 'string') {
      throw new Error('needs a path in brackets, such as "${file(./config.yml):key}"');
    }
    const keys = request.address === undefined ? [] : address(request).split('.');
    const file = path.resolve(this.folder, name);
    if (/\.c?js$/.test(file)) {
      return this.files.script(file, keys, request);
    }
    let value: Mutable | undefined = this.files.data(file);
    for (const key of keys) {
      value = member(typeof value === 'string' ? request.resolveText(value) : value, key);
    }
    return value;
  }
}

function address(request: SourceRequest): string {
  if (request.address === undefined || request.address === null || request.address === '') {
    throw new Error(`needs an address after the colon, such as "\${${request.type}:name}"`);
  } else if (typeof request.address === 'object') {
    throw new Error('has an address that is not a text');
  }
  return String(request.address);
}

function strToBool(request: SourceRequest): boolean {
  const text = String(request.params?.[0] ?? '').trim().toLowerCase();
  if (text === 'true' || text === '1') {
    return true;
  } else if (text === 'false' || text === '0') {
    return false;
  }
  throw new Error(`needs "true", "false", "1" or "0" in brackets, not "${text}"`);
}

/** Where a search ended, and what there is instead. */
export function nearMatch(root: Mutable, keys: Path): string {
  let value: Mutable | undefined = root;
  for (const [index, key] of keys.entries()) {
    const next = member(value, key);
    if (next === undefined) {
      const names = isObject(value) ? Object.keys(value) : [];
      const near = nearest(String(key), names);
      return near === undefined ? '' : ` Did you mean "${[...keys.slice(0, index), near].join('.')}"?`;
    }
    value = next;
  }
  return '';
}

/**
 * Puts intrinsics in place of `${aws:accountId}`, which is known only when CloudFormation deploys: `Ref` for a whole text, `Fn::Sub` for
 * a part of one.
 */
export function replaceAccountId(value: Mutable, keys: Path = []): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    const at = [...keys, key];
    if (typeof each === 'string' && each.includes(ACCOUNT_ID)) {
      setMember(value, key, intrinsic(each, at));
    } else {
      replaceAccountId(each, at);
    }
  }
}

function intrinsic(text: string, keys: Path): Mutable {
  const isSubstituted = keys[keys.length - 1] === 'Fn::Sub' || (keys[keys.length - 2] === 'Fn::Sub' && keys[keys.length - 1] === '0');
  if (isSubstituted) {
    return text.replaceAll(ACCOUNT_ID, '${AWS::AccountId}');
  }
  return text === ACCOUNT_ID ? { Ref: 'AWS::AccountId' }
    : { 'Fn::Sub': text.replace(/\$\{(?!!)/g, '${!').replaceAll(ACCOUNT_ID, '${AWS::AccountId}') };
}
