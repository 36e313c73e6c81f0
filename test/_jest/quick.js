const fs = require('fs');

/** What a suite imports to start processes, a browser or a database. */
const STARTS = /from '((node:)?child_process|.*_helpers\/(browser|esbuild-process|dynoxide|mortal-store|room-world|real-store|store))'/;

/** The suites of `test:quick` among those of its folders; no-processes.js holds them to it. */
module.exports = (suites) => ({ filtered: suites.filter((suite) => !STARTS.test(fs.readFileSync(suite, 'utf8'))) });
