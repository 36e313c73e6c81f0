import type { Answer } from '../../lib/runtime/aws/answer';
import type { DynamoDb } from '../../lib/runtime/aws/dynamo-db';
import type { Frame } from '../../lib/runtime/management-api';

/** What the runtime calls instead of DynamoDB and API Gateway, in a suite that imports this before the runtime. */
export const calls: { database: DynamoDb; post: (id: string, text: string) => Promise<number> } = {
  database: () => Promise.reject(new Error('there is no database')),
  post: () => Promise.reject(new Error('there is no API')),
};

jest.mock('../../lib/runtime/aws/dynamo-db', () => ({ dynamoDb: (): DynamoDb => (...args) => calls.database(...args) }));
jest.mock('../../lib/runtime/management-api', () => ({
  ...jest.requireActual<object>('../../lib/runtime/management-api'),
  callConnection: async (_method: string, id: string, _address: object, _deadline: number, frame?: Frame): Promise<Answer> => (
    { status: await calls.post(id, Buffer.from(frame?.body as string).toString()), type: '', body: '' }
  ),
}));
