import { WebsocketLoggingLevel } from '../lib';

test('the values are those that CloudFormation takes', () => {
  expect(WebsocketLoggingLevel).toEqual({ OFF: 'OFF', ERROR: 'ERROR', INFO: 'INFO' });
});
