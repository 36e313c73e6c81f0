/** For browsers and Node.js: names only. */
export { SocketError } from './error';
