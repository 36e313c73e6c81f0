import * as path from 'path';

/** `lib/`. This module is bundled into `lib/index.js` when the library is compiled; jest runs it from `lib/private/`. */
export const LIBRARY_FOLDER = path.basename(__dirname) === 'private' ? path.dirname(__dirname) : __dirname;
