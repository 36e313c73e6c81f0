import { Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketService } from '../../lib';
import { inlineFunction, quickStack, warnings } from '../_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

/** A value that nobody may ask for before it is there. */
function notYet(): { token: string; become: (value: string) => void } {
  let text: string | undefined;
  const produce = (): string => {
    if (text === undefined) throw new Error('asked too early');
    return text;
  };
  return { token: Lazy.string({ produce }), become: (value) => { text = value; } };
}

function service(environment: Record<string, string>): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { foo: { function: inlineFunction(stack, 'Fn', { environment }) } },
    authorizer: ConnectAuthorizer.none(),
  });
}

function environmentOf(chat: WebsocketService): object {
  return stack.resolve({ WEBSOCKET_CALLBACK_URL: chat.callbackUrl, WEBSOCKET_CALLBACK_URLS: `{"dev":"${chat.callbackUrl}"}` });
}

function variables(): unknown {
  return Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))[0].Properties.Environment.Variables;
}

test('an environment value of a function that is not there yet is asked for at synthesis only', () => {
  // GIVEN
  const table = notYet();

  // WHEN
  const chat = service({ TABLE: table.token });
  table.become('talks');

  // THEN
  expect(variables()).toEqual({ TABLE: 'talks', ...environmentOf(chat) });
  expect(warnings(stack)).toEqual([]);
});

test('one beside a callback URL of the function\'s own is not asked for either', () => {
  // GIVEN
  const table = notYet();

  // WHEN
  const chat = service({ TABLE: table.token, WEBSOCKET_CALLBACK_URL: 'https://example.com' });
  table.become('talks');

  // THEN
  expect(variables()).toEqual({ TABLE: 'talks', ...environmentOf(chat), WEBSOCKET_CALLBACK_URL: 'https://example.com' });
  expect(warnings(stack)).toHaveLength(1);
});
