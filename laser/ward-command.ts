// Ward's own command line, for what needs its data folder: the authority, codes, certificates, tokens.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const MOST_OUTPUT = 16 * 1024 * 1024;

const Status = z.object({
  gateway: z.object({ host: z.string(), port: z.number() }).nullable(),
  url: z.string().nullable(),
  repository: z.string().nullable(),
  directorRoot: z.string(),
  imageRoot: z.string().nullable(),
});
const Codes = z.object({ codes: z.array(z.object({ serial: z.string(), code: z.string() })) });
const Certificate = z.object({ certificate: z.base64(), issuing: z.base64(), root: z.base64() });

export class WardCommand {
  readonly #root: string;
  readonly #data: string;

  /** `root`: the repository's folder; `data`: Ward's. */
  constructor(root: string, data: string) {
    this.#root = root;
    this.#data = data;
  }

  /** Null when there is no authority yet. */
  async status() {
    try {
      return Status.parse(await this.#run('status'));
    } catch (error) {
      if (String((error as Error).message).includes('fleet.no-authority')) return null;
      throw error;
    }
  }

  async init(keysFolder: string): Promise<void> {
    await this.#run('init', '--root', keysFolder);
  }

  async register(serials: readonly string[], { product, hardware }: { product: string; hardware: string }) {
    await this.#run('register', ...serials, '--product', product, '--hardware', hardware, '--clinic', 'demo');
  }

  async codes(serials: readonly string[]) {
    return Codes.parse(await this.#run('code', ...serials)).codes;
  }

  async certify(role: 'console' | 'service' | 'issuer', id: string, csr: Uint8Array) {
    const { certificate, issuing, root } = await this.#withFile('request.csr', csr, async (file) =>
      Certificate.parse(await this.#run('certify', role, id, '--csr', file)),
    );
    const [holder, ca, anchor] = [certificate, issuing, root].map(
      (der) => new Uint8Array(Buffer.from(der, 'base64')),
    );
    return { chain: [holder!, ca!], root: anchor! };
  }

  async token(about: { person: string; unit: string; holder: object; channel: string; minutes: number }) {
    const { person, unit, holder, channel, minutes } = about;
    return this.#withFile('holder.jwk', Buffer.from(JSON.stringify(holder)), async (file) => {
      const answer = await this.#run(
        ...['token', '--role', 'service-engineer', '--person', person, '--unit', unit],
        ...['--holder', file, '--channel', channel, '--minutes', String(minutes)],
      );
      return z.object({ token: z.string() }).parse(answer).token;
    });
  }

  async #withFile<T>(name: string, bytes: Uint8Array, work: (file: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'lumen-'));
    try {
      await writeFile(join(folder, name), bytes);
      return await work(join(folder, name));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #run(...args: string[]): Promise<unknown> {
    const ward = [
      join(this.#root, 'workbench/bin/ward.mjs'),
      'fleet',
      ...args,
      '--data',
      this.#data,
      '--json',
    ];
    return new Promise((resolve, reject) => {
      execFile(process.execPath, ward, { maxBuffer: MOST_OUTPUT }, (error, stdout, stderr) => {
        if (error)
          return reject(new Error(`ward fleet ${args[0]}: ${(stderr || stdout || error.message).trim()}`));
        try {
          resolve(JSON.parse(stdout));
        } catch {
          reject(new Error(`ward fleet ${args[0]} said ${stdout.slice(0, 200)}`));
        }
      });
    });
  }
}
