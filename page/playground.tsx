import { Gateway } from './gateway';

interface Props {
  readonly gateway: Gateway;
  readonly draft?: { readonly text: string };
  readonly connecting: boolean;
  readonly connect: (connecting: boolean) => void;
}

export function Playground(_: Props) {
  return <section aria-label="Playground" />;
}
