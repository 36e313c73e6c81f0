import type { InvocationResult } from './functions/invoker';

/** The credentials of a recorded handshake are masked, so what they led to is taken from the recording. */
export interface RecordedAdmission {
  /** Whether signature and API key were accepted. */
  readonly passed: boolean;
  /** What the authorizer did, if it ran. */
  readonly authorizer?: InvocationResult;
  /** What its policy is about: region and account may be others here. */
  readonly methodArn?: string;
}

/** How a handshake was answered in the recording, by its raw headers. */
export type RecordedAdmissions = (rawHeaders: readonly string[]) => RecordedAdmission | undefined;
