/** For code in Lambda handlers: names only. At most 14 values. */
export { WebsocketError } from './error';
