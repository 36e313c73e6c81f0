import * as path from 'node:path';
import type { Position } from './service';

/** What is wrong with a configuration file, or with what it names. The message begins with the place: `serverless.yml:12:5: ...`. */
export class ServerlessFileError extends Error {
  readonly position?: Position;

  /** @param place a position, or the path of a file as a whole */
  constructor(place: Position | string, readonly problem: string) {
    super(`${placeText(place)}: ${problem}`);
    this.name = 'ServerlessFileError';
    this.position = typeof place === 'string' ? undefined : place;
  }
}

/** `serverless.yml:12:5`, relative to the working directory if the file is below it. */
export function placeText(place: Position | string): string {
  return typeof place === 'string' ? shortPath(place) : `${shortPath(place.file)}:${place.line}:${place.column}`;
}

function shortPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === '' || relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative) ? file : relative;
}
