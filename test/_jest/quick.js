const fs = require('fs');

/** What a suite imports to start processes or a browser. */
const STARTS = /from '(child_process|.*_helpers\/(browser|esbuild-process))'/;

/** The suites of `test:quick` among those of its folders; no-processes.js holds them to it. */
module.exports = (suites) => ({ filtered: suites.filter((suite) => !STARTS.test(fs.readFileSync(suite, 'utf8'))) });
