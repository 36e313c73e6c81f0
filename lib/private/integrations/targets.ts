import { Factory } from './integration-plan';
import { constructWith, FUNCTION, Kind, STRING } from '../checks/kind';

/** What a factory is given first: a queue, a URL. */
interface Target {
  /** As the parameter is called. */
  readonly option: string;
  readonly kind: Kind;
}

const URL: Kind = { ...STRING, example: "'https://example.com'" };

/** The targets by factory. Any other would fail far from where it was given, or as `undefined` in a template. */
export const TARGETS: { readonly [factory in Factory]?: Target } = {
  sqs: resource('queue', 'an SQS queue', 'queueArn', 'sqs.Queue.fromQueueArn'),
  sns: resource('topic', 'an SNS topic', 'topicArn', 'sns.Topic.fromTopicArn'),
  eventBridge: resource('bus', 'an event bus', 'eventBusArn', 'events.EventBus.fromEventBusArn'),
  stepFunctions: resource('machine', 'a state machine', 'stateMachineArn', 'sfn.StateMachine.fromStateMachineArn'),
  dynamoDbPut: resource('table', 'a DynamoDB table', 'tableArn', 'dynamodb.Table.fromTableArn'),
  kinesis: resource('stream', 'a Kinesis stream', 'streamArn', 'kinesis.Stream.fromStreamArn'),
  lambda: { option: 'fn', kind: FUNCTION },
  lambdaAlias: { option: 'fn', kind: FUNCTION },
  http: { option: 'url', kind: URL },
  httpProxy: { option: 'url', kind: URL },
};

function resource(option: string, name: string, member: string, factory: string): Target {
  return { option, kind: constructWith(name, member, `${factory}(this, 'Imported', arn) for an ARN`) };
}
