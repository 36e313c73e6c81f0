import { setTimeout as wait } from 'timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { user } from 'cdk-websocket-service/runtime';

interface Job {
  readonly id: string;
  readonly user: string;
  readonly steps: number;
}

/** Consumes the queue, and tells the user of each job how far it is, on every device that is connected now. */
export async function handler({ Records }: SQSEvent): Promise<void> {
  for (const { body } of Records) {
    const { id, user: owner, steps } = JSON.parse(body) as Job;
    for (let step = 1; step <= steps; step++) {
      await wait(200); // the work
      await user(owner).emit('progress', { job: id, percent: Math.round(100 * step / steps) });
    }
  }
}
