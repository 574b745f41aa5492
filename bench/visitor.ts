// A browser's view of a running Ward: cookies are kept from one request to the next.

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export class Visitor {
  readonly #cookies = new Map<string, string>();

  constructor(readonly url: string) {}

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The same person at another address of the same Ward. */
  at(url: string): Visitor {
    const other = new Visitor(url);
    for (const [name, value] of this.#cookies) other.#cookies.set(name, value);
    return other;
  }

  async ask(method: string, path: string, body?: unknown): Promise<Reply> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.#cookies.size > 0 ? { cookie: this.cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const text = await answer.text();
    return {
      status: answer.status,
      body: /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text,
    };
  }

  get = (path: string): Promise<Reply> => this.ask('GET', path);
  post = (path: string, body: unknown): Promise<Reply> => this.ask('POST', path, body);
}

export const ADMINISTRATOR = {
  name: 'Ada Keeper',
  email: 'ada@example.org',
  password: 'quiet Lanterns over seven harbours',
};

/** Follows the one-time link that Ward printed. */
export async function makeAdministrator(url: string, link: string): Promise<Visitor> {
  const visitor = new Visitor(url);
  const made = await visitor.post('/api/first-run', { token: new URL(link).hash.slice(1), ...ADMINISTRATOR });
  if (made.status !== 200) throw new Error(`The administrator was refused: ${JSON.stringify(made.body)}`);
  return visitor;
}
