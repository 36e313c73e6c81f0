import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

/** The API's own limit. */
const LONGEST = 128;

/** What is wrong with the name of a model, if anything. */
export function modelNameFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name) || /^[A-Za-z0-9]{1,128}$/.test(name)) return undefined;
  const suggestion = modelNameFrom(name);
  return {
    reason: 'is not a legal name of a model',
    remedy: `use 1 to ${LONGEST} letters and digits${suggestion === undefined ? '' : `, for example "${suggestion}"`}`,
  };
}

/** A name made of other words: `send-message` is `SendMessage`. */
export function modelNameFrom(...texts: string[]): string | undefined {
  const words = texts.flatMap((text) => text.split(/[^A-Za-z0-9]+/)).filter((word) => word !== '');
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('').slice(0, LONGEST);
  return name === '' ? undefined : name;
}
