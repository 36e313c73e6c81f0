import { execFile } from 'child_process';
import * as path from 'path';
import { promisify } from 'util';
import { Ministack } from './ministack';

const CDK = path.join(__dirname, '..', '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** Runs the CDK's CLI against the emulator; sockets of this process stay served meanwhile. */
export async function cdk(emulator: Ministack, ...args: string[]): Promise<void> {
  const { AWS_PROFILE, ...rest } = process.env;
  await promisify(execFile)(process.execPath, [CDK, ...args], {
    env: {
      ...rest,
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_ENDPOINT_URL_S3: emulator.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
}
