import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { compileService } from '../../lib/serverless/compile';
import type { Dialect } from '../../lib/serverless/service';
import type { JsonObject, Template, TemplateResource } from '../../lib/serverless/template';
import { comparable, serviceOf } from '../_helpers/serverless-service';

const GOLDEN = path.join(__dirname, '..', 'fixtures', 'serverless', 'golden');
const DIALECTS: ReadonlyArray<[Dialect, string]> = [['serverless', 'v3'], ['osls', 'osls4']];

describe('what the real compilers wrote, the parts that the golden files have', () => {
  const cases = readdirSync(GOLDEN).filter((name) => name.endsWith('.v3.json')).map((name) => name.slice(0, -'.v3.json'.length));

  test.each(cases.flatMap((name) => DIALECTS.map(([dialect, suffix]) => [name, dialect, suffix] as const)))('%s, %s', (name, dialect, suffix) => {
    // GIVEN
    const service = serviceOf(readFileSync(path.join(GOLDEN, `${name}.serverless.yml`), 'utf8'));
    const expected = comparable(JSON.parse(readFileSync(path.join(GOLDEN, `${name}.${suffix}.json`), 'utf8')) as Template);

    // WHEN
    const template = comparable(compileService(service, dialect));

    // THEN
    expect(partOf(template.Resources, expected.Resources)).toEqual(expected.Resources);
    expect(partOf(template.Outputs ?? {}, expected.Outputs ?? {})).toEqual(expected.Outputs);
  });
});

function partOf<T extends JsonObject | TemplateResource>(all: Readonly<Record<string, T>>, names: object): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in names));
}
