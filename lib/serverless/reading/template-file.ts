import { ServerlessFileError } from '../file-error';
import { Origins } from './origins';
import type { Json } from '../template';
import { readText } from './text-file';
import { readYaml, SHORT_TAGS } from './yaml-document';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const TAGS = [...SHORT_TAGS, 'ForEach', 'Length', 'ToJsonString'].sort();

/** Deeper than any template that CloudFormation accepts, and shallow enough for functions that call themselves level by level. */
const MAX_DEPTH = 100;

/**
 * Reads a CloudFormation template: JSON, or YAML with the short forms of intrinsic functions (`!Ref`).
 *
 * @throws ServerlessFileError
 */
export function readTemplateFile(file: string): Json {
  const text = readText(file)?.replace(/^\uFEFF/, '');
  if (text === undefined) {
    throw new ServerlessFileError(file, 'the file does not exist.');
  }
  // JSON is YAML, so the parser of YAML tells where invalid JSON is wrong.
  const template = parsedJson(text) ?? readYaml(file, text, new Origins(), TAGS);
  if (isTooDeep(template)) {
    throw new ServerlessFileError(file, `values lie more than ${MAX_DEPTH} levels deep.`);
  }
  return template;
}

/** YAML takes a hundred times as long. */
function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Looks level by level, so that no depth ends it. */
function isTooDeep(value: Json): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      return true;
    }
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}
