import * as fs from 'fs';
import * as path from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import { RouteIntegration } from '../lib';
import { samples } from './_helpers/integration-samples';
import { quickStack } from './_helpers/quick-app';

const read = (...file: string[]) => fs.readFileSync(path.join(__dirname, ...file), 'utf8');

const quoted = [...read('..', 'docs', 'integrations.md').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);

test('docs/integrations.md has samples', () => {
  expect(quoted.length).toBeGreaterThan(12);
});

describe('docs/integrations.md', () => {
  const factories = Object.getOwnPropertyNames(RouteIntegration).filter((name) => !['length', 'name', 'prototype'].includes(name));

  test('has a sample of every factory', () => {
    expect(factories.filter((name) => !quoted.join('').includes(`RouteIntegration.${name}(`))).toEqual([]);
    expect(factories).toContain('sqs');
  });

  test('has the role of every factory', () => {
    const [, roles] = read('..', 'docs', 'integrations.md').split('\n## Roles\n');
    const named = [...roles.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));

    expect(named.sort()).toEqual([...factories].sort());
  });
});

test.each(quoted)('a sample of docs/integrations.md is one that is compiled: %s', (code) => {
  expect(read('_helpers', 'integration-samples.ts')).toContain(code.replace(/^(?=.)/gm, '  '));
});

test('each sample makes one integration, with its role and responses', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  samples(stack);

  // THEN
  Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Integration', quoted.length + 1);
});
