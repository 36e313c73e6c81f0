import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { StoreAccess, StoreSettings } from './store-access';
import { ApiGrants, manageConnections } from '../api-grants';
import { FunctionSettings } from '../handlers/function-settings';
import { presetFunction } from '../handlers/preset-function';
import { callbackUrlVariables } from '../routes/callback-url';
import { ServiceAddress } from '../service-address';

/** One whole vCPU: with less memory, signing posts would take longer than sending them. */
const MEMORY_SIZE = 1769;

const TIMEOUT = Duration.minutes(5);

/** The access to a store, with the function that sends what one invocation cannot send before its deadline. */
export function withFanOut(
  scope: Construct, settings: StoreSettings, defaults: FunctionSettings, address: ServiceAddress, grants: ApiGrants,
): StoreAccess {
  return new StoreAccess({ ...settings, fanOut: makeFanOut(scope, new StoreAccess(settings), defaults, address, grants) });
}

/**
 * It has no alias, so that no setting for an alias of handlers applies to it, and Lambda does not repeat a failed invocation: everybody
 * would get the message again.
 */
function makeFanOut(
  scope: Construct, store: StoreAccess, defaults: FunctionSettings, address: ServiceAddress, grants: ApiGrants,
): lambda.Function {
  const { alias, provisionedConcurrentExecutions, currentVersionOptions, ...settings } = defaults;
  const fn = presetFunction(scope, 'FanOut', 'fan-out', {
    ...settings, memorySize: MEMORY_SIZE, timeout: TIMEOUT, retryAttempts: 0,
  }, { ...callbackUrlVariables(address), ...store.variables(false) });
  grants.addProducers([fn.role, ...Object.values(defaults)]);
  grants.grant(fn, [manageConnections(address), ...store.permissions(false)], true);
  return fn;
}
