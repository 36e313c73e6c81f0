const processes = require('child_process');

// `npm run test:quick` runs what starts nothing: a suite that does belongs elsewhere (QUICK in .projenrc.ts).
for (const name of ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync']) {
  processes[name] = (file) => { throw new Error(`a suite of test:quick starts a process: ${file}`); };
}
