import { render } from 'preact';
import { App } from './app';
import { Gateway } from './gateway';

const gateway = new Gateway();
render(<App gateway={gateway} />, document.body);
gateway.listen();
