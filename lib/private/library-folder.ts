import * as path from 'path';

/** `lib/`. This module is bundled into `lib/index.js` and into those of `lib/local/`; jest runs it from `lib/private/`. */
export const LIBRARY_FOLDER = ['private', 'local'].includes(path.basename(__dirname)) ? path.dirname(__dirname) : __dirname;
