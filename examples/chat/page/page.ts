/** Three clients in one page. `npm run demo` bundles and serves it, as the tools of your front end would. */
import { connect } from 'cdk-websocket-service/client';
import type { Member, Room, Socket, SocketState } from 'cdk-websocket-service/client';
import type * as rooms from '../src/rooms';

// ?url=wss://... talks to a deployed API, and ?users=ann,bob,cy are who the clients log in as.
const query = new URLSearchParams(location.search);
const url = query.get('url') ?? 'ws://localhost:3001/dev';
const users = (query.get('users') ?? 'ann,bob,cy').split(',');
const room = query.get('room') ?? 'lobby';
document.querySelector('#url')!.textContent = `${url}, room ${room}`;

/** Milliseconds between two `typing` of one client, and for how long one of another client is shown. */
const [TYPING_EVERY, TYPING_SHOWN] = [2_000, 3_000];

/** One client with its part of the page. */
class Client {
  private socket!: Socket<typeof rooms, rooms.Events>;
  private lobby!: Room<rooms.Events>;
  private readonly section: HTMLElement;
  private members: readonly string[] = [];
  private typedAt = 0;
  private quiet?: number;

  public constructor(private readonly user: string) {
    const template = document.querySelector('template')!.content.cloneNode(true) as DocumentFragment;
    this.section = template.querySelector('section')!;
    this.section.id = user;
    this.section.setAttribute('aria-label', `Client of ${user}`);
    this.find('h2').textContent = user;
    this.log.setAttribute('aria-label', `Messages of ${user}`);
    this.input.setAttribute('aria-label', `Message of ${user}`);
    this.find('form').onsubmit = (event) => { event.preventDefault(); void this.say(this.input.value.trim()); };
    this.input.oninput = () => this.type();
    this.find('button.quiet').onclick = () => void (this.socket.state === 'closed' ? this.connect() : this.socket.close());
    document.querySelector('main')!.append(this.section);
    this.connect();
  }

  private connect(): void {
    // A token of the site where users log in, which `npm run demo` plays: a new one for each attempt to connect.
    this.socket = connect<typeof rooms, rooms.Events>({
      url: async () => `${url}?token=${await (await fetch(`/token?user=${encodeURIComponent(this.user)}`)).text()}`,
      giveUp: () => false,
    });
    this.socket.on('state', (state, { code, reason, error, retryIn }) => {
      const why = [error && String(error), code && `closed with ${code}`, reason && `(${reason})`].filter(Boolean).join(' ');
      this.show(state, retryIn === undefined ? why : `${why}; connecting again in ${retryIn.toFixed(1)} s`);
    });
    this.socket.on('message', (_value, text) => this.add('error', text));
    this.lobby = this.socket.join({ action: 'join', room }, { leave: { action: 'leave', room } });
    this.lobby.on('said', ({ from = 'somebody', text }) => this.said(from, text));
    this.lobby.on('typing', ({ from }) => this.typing(`${from} is typing`));
    this.lobby.on('members', (members) => this.present(members));
    this.lobby.on('missed', () => this.add('note', 'Some messages are older than the history.'));
    this.lobby.on('error', ({ code, message }) => this.add('error', `${code}: ${message}`));
    this.show(this.socket.state);
  }

  /** Shows the message at once, and what became of it. */
  private async say(text: string): Promise<void> {
    if (text === '') return;
    this.input.value = '';
    const bubble = this.add('out pending', text);
    try {
      await this.socket.request({ action: 'say', room, text });
      bubble.className = 'out';
    } catch (error) {
      // It may have arrived all the same; then it comes back as an event.
      if (bubble.className === 'out') return;
      bubble.className = 'out lost';
      this.add('error', (error as Error).message);
    }
  }

  private said(from: string, text: string): void {
    this.typing('');
    const own = from === this.user && [...this.log.querySelectorAll('.pending, .lost')].find(({ textContent }) => textContent === text);
    if (own) own.className = 'out';
    else if (from === this.user) this.add('out', text);
    else this.add('in', text, from);
  }

  private type(): void {
    if (this.socket.state !== 'open' || Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    this.socket.send({ action: 'typing', room });
  }

  private typing(text: string): void {
    this.find('.typing').textContent = text;
    clearTimeout(this.quiet);
    this.quiet = window.setTimeout(() => { this.find('.typing').textContent = ''; }, TYPING_SHOWN);
  }

  private present(members: readonly Member[]): void {
    const names = [...new Set(members.map(({ user, meta }) => String((meta as { name?: string })?.name ?? user)))].sort();
    for (const name of names) if (this.members.length > 0 && !this.members.includes(name)) this.add('note', `${name} has joined`);
    for (const name of this.members) if (!names.includes(name)) this.add('note', `${name} has left`);
    this.members = names;
    this.find('.members').textContent = names.length === 0 ? 'nobody here' : `here: ${names.join(', ')}`;
  }

  private show(state: SocketState, why = ''): void {
    this.section.dataset.state = state;
    this.find('[role=status]').textContent = [state, why].filter(Boolean).join(': ');
    this.find('button.quiet').textContent = state === 'closed' ? 'Connect' : 'Disconnect';
    this.find('form button').toggleAttribute('disabled', state === 'closed');
  }

  /** Scrolls to the new line, unless the reader has scrolled up. */
  private add(kind: string, text: string, from?: string): HTMLElement {
    const { log } = this;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const line = document.createElement('p');
    line.className = kind;
    line.textContent = text;
    if (from !== undefined) {
      const name = document.createElement('b');
      name.textContent = from;
      line.prepend(name);
    }
    log.append(line);
    if (isAtEnd || kind.startsWith('out')) log.scrollTop = log.scrollHeight;
    return line;
  }

  private get log(): HTMLElement {
    return this.find('[role=log]');
  }

  private get input(): HTMLInputElement {
    return this.find('input') as HTMLInputElement;
  }

  private find(selector: string): HTMLElement {
    return this.section.querySelector<HTMLElement>(selector)!;
  }
}

users.forEach((user) => new Client(user));
