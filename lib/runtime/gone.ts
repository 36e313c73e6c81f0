import { invokeEvent } from './aws/lambda';
import { currentDeadline } from './aws/transport';
import { storeSettings } from './configuration';
import { processState } from './process-state';

/** Removes those who are gone from the store, with the rows that brought them. */
export type Removal = (gone: readonly string[], rows: string | undefined, deadline: number) => Promise<void>;

/** What the fan-out function receives of a connection that is gone. */
export interface Gone {
  readonly gone: string;
}

/** Whatever uses more of the store puts its removal here, so that the bundle of a handler that only sends has none of its code. */
export function provideRemoval(removal: Removal): Removal {
  return processState<{ removal: Removal }>().removal = removal;
}

/** Without the code for it, the fan-out function removes a connection; without that function, its TTL does. */
export async function removeFromStore(id: string): Promise<void> {
  const { removal } = processState<{ removal: Removal }>();
  const { fanOut } = storeSettings();
  if (removal) await removal([id], undefined, currentDeadline());
  else if (fanOut) await invokeEvent(fanOut, JSON.stringify({ gone: id } satisfies Gone));
}
