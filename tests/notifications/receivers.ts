// Whom Ward sends to, in tests: a real SMTP server and a real HTTP server on this machine.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly raw: string;
  readonly messageId: string;
  readonly subject: string;
}

export interface MailReceiver {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** What is said to the next mails after their text; null takes them. */
  refuseWith: { code: number; text: string } | null;
  delayMs: number;
  close(): Promise<void>;
}

export async function mailReceiver(options: Partial<SMTPServerOptions> = {}): Promise<MailReceiver> {
  const receiver = { port: 0, mails: [] as ReceivedMail[], refuseWith: null, delayMs: 0 } as unknown as {
    -readonly [K in keyof MailReceiver]: MailReceiver[K];
  };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    logger: false,
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refused = receiver.refuseWith;
        if (refused) return done(Object.assign(new Error(refused.text), { responseCode: refused.code }));
        const raw = Buffer.concat(chunks).toString('utf8');
        const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
        receiver.mails.push({
          to: session.envelope.rcptTo.map((to) => to.address),
          raw,
          messageId: /^Message-ID: (.*)$/im.exec(head)?.[1] ?? '',
          subject: /^Subject: (.*)$/im.exec(head)?.[1] ?? '',
        });
        setTimeout(() => done(), receiver.delayMs);
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // a client that was killed
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  receiver.port = (server.server.address() as AddressInfo).port;
  receiver.close = () => new Promise((resolve) => server.close(() => resolve()));
  return receiver;
}

export interface ReceivedPost {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

export interface HookReceiver {
  readonly url: string;
  readonly posts: ReceivedPost[];
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function hookReceiver(): Promise<HookReceiver> {
  const receiver = {
    url: '',
    posts: [] as ReceivedPost[],
    answer: (response: ServerResponse) => void response.writeHead(204).end(),
  } as { -readonly [K in keyof HookReceiver]: HookReceiver[K] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      receiver.posts.push({
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        path: request.url ?? '',
      });
      receiver.answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  receiver.close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return receiver;
}

/** A mail server's settings for a receiver. */
export const mailTo = (receiver: MailReceiver) => ({
  host: '127.0.0.1',
  port: receiver.port,
  tls: false,
  user: null,
  password: null,
  from: 'Ward <ward@example.org>',
});

/** The parts of a mail as a reader sees them: quoted-printable decoded. */
export function readable(raw: string): string {
  const joined = raw.replace(/=\r\n/g, '');
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}
