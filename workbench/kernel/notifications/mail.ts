// One mail to the SMTP server. Before the dot that ends the text (RFC 5321 4.1.1.4) nothing was delivered; what happens
// after it is known only from the server's answer. So the caller is asked to write down that the dot goes out now.
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SmtpConnection from 'nodemailer/lib/smtp-connection';
import type { Mail } from './message.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (smtps); else STARTTLS, without which nothing is sent but to this machine itself. */
  readonly tls: boolean;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  /** For tests with a certificate of their own. */
  readonly ca?: string;
}

export interface Letter extends Mail {
  readonly to: string;
  /** Stable over repeats, so that receivers can drop one. */
  readonly messageId: string;
  readonly date: Date;
  /** Page on which the receiver can end these mails; none for what was asked for. */
  readonly unsubscribeUrl: string | null;
}

/** `before`: nothing went out for sure. `after`: the dot went out, and no answer came. */
export class MailError extends Error {
  readonly when: 'before' | 'after';
  /** The server will never take it (5yz), so that trying again is useless. */
  readonly final: boolean;
  constructor(message: string, when: 'before' | 'after', final: boolean, cause?: unknown) {
    super(message, { cause });
    this.when = when;
    this.final = final;
  }
}

const CONNECT_MS = 15_000;
const SILENT_MS = 60_000;

/** Gives the server's answer. Throws a `MailError`. `beforeDot` is awaited when all but the dot has been written. */
export async function sendMail(
  server: MailServer,
  letter: Letter,
  beforeDot: () => Promise<void>,
): Promise<string> {
  const bytes = await compose(server, letter);
  const loopback = isLoopbackHost(server.host);
  const connection = new SmtpConnection({
    host: server.host,
    port: server.port,
    secure: server.tls,
    requireTLS: !server.tls && !loopback,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    dnsTimeout: CONNECT_MS,
    // This machine itself has no certificate of a name; whoever could listen there could read everything anyway.
    tls: { ...(server.ca ? { ca: server.ca } : {}), ...(loopback ? { rejectUnauthorized: false } : {}) },
  });
  let dotMayBeOut = false;
  try {
    return await new Promise<string>((resolve, reject) => {
      const fail = (error: unknown) => reject(mailError(error, dotMayBeOut));
      connection.once('error', fail);
      connection.once('end', () => fail(new Error('The mail server ended the connection.')));
      const hand = () => {
        const stream = Readable.from(
          (async function* () {
            yield bytes;
            await beforeDot();
            dotMayBeOut = true;
          })(),
        );
        connection.send({ from: addressOf(server.from), to: letter.to }, stream, (error, info) => {
          if (error) fail(error);
          else resolve(info?.response ?? '');
        });
      };
      connection.connect((error) => {
        if (error) return fail(error);
        if (server.user === null) return hand();
        connection.login({ credentials: { user: server.user, pass: server.password ?? '' } }, (refused) =>
          refused ? fail(refused) : hand(),
        );
      });
    });
  } finally {
    connection.removeAllListeners();
    connection.on('error', () => undefined);
    connection.close();
  }
}

/** Header fields are encoded by the composer; line breaks in them cannot end a field. */
export function compose(server: Pick<MailServer, 'from'>, letter: Letter): Promise<Buffer> {
  return new MailComposer({
    from: server.from,
    // As an object, so that a comma or bracket in it is no second address.
    to: [{ name: '', address: letter.to }],
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    messageId: letter.messageId,
    date: letter.date,
    headers: {
      // RFC 3834: nobody's out-of-office answers it.
      'Auto-Submitted': 'auto-generated',
      ...(letter.unsubscribeUrl ? { 'List-Unsubscribe': `<${letter.unsubscribeUrl}>` } : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

function mailError(error: unknown, dotMayBeOut: boolean): MailError {
  if (error instanceof MailError) return error;
  const { responseCode, code, message } = error as { responseCode?: number; code?: string; message?: string };
  // An answer to the text is an answer: it was refused, and nothing was delivered.
  const refused = typeof responseCode === 'number' && responseCode >= 400;
  const when = dotMayBeOut && !refused ? 'after' : 'before';
  const final = refused && responseCode >= 500 && code !== 'EAUTH';
  return new MailError(mailWords(code, responseCode, message ?? 'Unknown failure.'), when, final, error);
}

/** What went wrong and what helps, in words; never the password. */
export function mailWords(
  code: string | undefined,
  responseCode: number | undefined,
  message: string,
): string {
  const said = message.replace(/[\p{Cc}]+/gu, ' ').slice(0, 300);
  switch (code) {
    case 'EAUTH':
      return `The mail server refuses the user or the password. Check WARD_SMTP_URL. (${said})`;
    case 'EDNS':
      return `The mail server's name is not known. Check the host in WARD_SMTP_URL. (${said})`;
    case 'ETLS':
      return `No protected connection to the mail server. Use smtps://, or a server with STARTTLS and a valid certificate. (${said})`;
    case 'ECONNECTION':
    case 'ESOCKET':
    case 'ETIMEDOUT':
      return `The mail server cannot be reached. Check host and port in WARD_SMTP_URL and the network. (${said})`;
    case 'EENVELOPE':
      return `The mail server refuses sender or receiver. Check WARD_SMTP_FROM and the address. (${said})`;
    default:
      return responseCode ? `The mail server answered: ${said}` : said;
  }
}

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** `Ward <ward@example.org>` → `ward@example.org`. */
function addressOf(from: string): string {
  return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
}
