import { App, Stack } from 'aws-cdk-lib';

/** Synthesizes an app with one stack `Test` as `cdk synth` does; returns the folder of its assembly. */
export function synthesize(define: (stack: Stack) => void, region?: string): string {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': true } });
  define(new Stack(app, 'Test', region ? { env: { region, account: '111111111111' } } : {}));
  return app.synth().directory;
}
