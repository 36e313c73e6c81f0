import { Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Function } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { LambdaFunction } from '../../../lib/local/assembly/local-app';
import { readApp } from '../../../lib/local/assembly/read-app';
import { inlineFunction, quickApp } from '../../_helpers/quick-app';

/** Reads an app with these functions and a WebSocket API that uses none of them. */
function read(define: (stack: Stack) => void): (id: string) => LambdaFunction {
  const app = quickApp();
  const stack = new Stack(app, 'Test');
  new WebSocketStage(stack, 'Stage', { webSocketApi: new WebSocketApi(stack, 'Api'), stageName: 'dev' });
  define(stack);
  const { functions } = readApp(app.synth().directory, {});
  return (id) => [...functions.values()].find(({ path }) => path === `Test/${id}`)!;
}

test('aliases, versions and the settings of asynchronous invocations are those of the template', () => {
  const fn = read((stack) => {
    const one = inlineFunction(stack, 'One', { retryAttempts: 0, maxEventAge: Duration.minutes(2) });
    new Alias(stack, 'Live', { aliasName: 'live', version: one.currentVersion, retryAttempts: 1 });
    inlineFunction(stack, 'Two');
  });

  expect(fn('One')).toMatchObject({
    onDemand: true,
    aliases: ['live'],
    hasVersions: true,
    asynchronous: { $LATEST: { retries: 0, maximumAge: 120_000 }, live: { retries: 1 } },
  });
  const { aliases, hasVersions, asynchronous } = fn('Two');
  expect({ aliases, hasVersions, asynchronous }).toEqual({});
});

test('a function invokes others if its role may, or its environment names one', () => {
  const fn = read((stack) => {
    const target = inlineFunction(stack, 'Target');
    target.grantInvoke(inlineFunction(stack, 'Granted'));
    const may = (id: string, statement: object): Function => {
      const made = inlineFunction(stack, id);
      made.addToRolePolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], ...statement }));
      return made;
    };
    may('Any', { actions: ['lambda:*'], resources: ['*'] });
    may('Elsewhere', { resources: ['arn:aws:lambda:us-east-1:123456789012:function:far'] });
    may('Reader', { actions: ['lambda:GetFunction'], resources: ['*'] });
    inlineFunction(stack, 'ByName', { environment: { TARGET: target.functionName } });
    inlineFunction(stack, 'ByArn', { environment: { TARGET: `${target.functionArn}:live` } });
    inlineFunction(stack, 'Other', { environment: { TARGET: 'something' } });
  });

  const names = ['Target', 'Granted', 'Any', 'Elsewhere', 'Reader', 'ByName', 'ByArn', 'Other'];
  expect(names.filter((name) => fn(name).invokesFunctions)).toEqual(['Granted', 'Any', 'ByName', 'ByArn']);
});
