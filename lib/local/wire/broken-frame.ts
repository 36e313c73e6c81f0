import { Close, CLOSES } from '../protocol/close';
import { UNVERIFIED } from '../protocol/unverified';

/**
 * How `ws` ends a connection whose client sent what is no frame, or too much of it (7.2.1, 7.3, 7.4): it tells a code of its own, not that
 * of the close frame.
 */
export function closeOfBrokenFrame({ code }: NodeJS.ErrnoException): Close {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || code === 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH') return CLOSES.tooBig;
  if (code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS') return UNVERIFIED.tooManyFragmentsClose;
  return code === 'WS_ERR_INVALID_UTF8' ? UNVERIFIED.brokenTextClose : UNVERIFIED.brokenFrameClose;
}
