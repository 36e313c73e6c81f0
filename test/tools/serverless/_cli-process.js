'use strict';
// In a process of its own: node _cli-process.js <folder of the package> <file of services> <folder to work in>
// Compiles many services with the classes of a Serverless CLI: starting the CLI takes 3 s, a service here some 50 ms.
const fs = require('node:fs');
const path = require('node:path');

const [, , packageFolder, servicesFile, folder] = process.argv;
const Serverless = require(path.join(packageFolder, 'lib', 'serverless.js'));

async function compile(configuration, serviceDir) {
  fs.mkdirSync(serviceDir, { recursive: true });
  fs.writeFileSync(path.join(serviceDir, 'h.js'), 'exports.h = async () => ({ statusCode: 200 });\n');
  process.chdir(serviceDir);
  const commands = ['package'];
  const serverless = new Serverless({ configuration, serviceDir, configurationFilename: 'serverless.yml', commands, options: {} });
  await serverless.init();
  await serverless.run();
  return JSON.parse(fs.readFileSync(path.join(serviceDir, '.serverless', 'cloudformation-template-update-stack.json'), 'utf8'));
}

async function main() {
  const results = [];
  for (const [index, configuration] of JSON.parse(fs.readFileSync(servicesFile, 'utf8')).entries()) {
    try {
      results.push({ template: await compile(configuration, path.join(folder, String(index))) });
    } catch (error) {
      results.push({ error: String(error && error.message) });
    }
    fs.rmSync(path.join(folder, String(index)), { recursive: true, force: true });
  }
  fs.writeFileSync(`${servicesFile}.results`, JSON.stringify(results));
  process.exit(0);
}

main();
