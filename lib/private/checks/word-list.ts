import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { problem } from '../problem';

/** Throws what is wrong with a list of names that go to a function with spaces between them. */
export function checkWords(scope: Construct, property: string, words: string[], remedy: string): void {
  if (Token.isUnresolved(words)) return;
  if (!Array.isArray(words)) throw problem(scope, property, words, { reason: 'is not a list', remedy });
  if (words.length === 0) throw problem(scope, property, words, { reason: 'is empty', remedy });
  for (const word of words) {
    if (typeof word !== 'string' || word === '') throw problem(scope, property, word, { reason: 'is no name', remedy });
    if (/\s/.test(word)) {
      throw problem(scope, property, word, { reason: 'has white space in it', remedy: 'give each name as an element of its own' });
    }
  }
}
