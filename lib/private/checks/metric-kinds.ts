import { Kind } from './kind';

export const NUMBER: Kind = { name: 'a number', example: '5', accepts: (value) => typeof value === 'number' };

export const BOOLEAN: Kind = { name: 'a boolean', example: 'true or false', accepts: (value) => typeof value === 'boolean' };

export const TOPIC: Kind = {
  name: 'an SNS topic',
  example: "sns.Topic.fromTopicArn(this, 'Topic', arn) for an ARN",
  accepts: (value) => typeof value === 'object' && value !== null && 'topicArn' in value,
};

export const ALARM_ACTIONS: Kind = {
  name: 'an array of alarm actions',
  example: '[new SnsAction(topic)]',
  accepts: (value) => Array.isArray(value) && value.every((action) => typeof action === 'object' && action !== null && 'bind' in action),
};

export const STRINGS: Kind = {
  name: 'an array of strings',
  example: "['dev']",
  accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};
