// The service: rooms give it readers of the ledger and tell it what they found; it sees to it that people and programs hear.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../database/schema.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Vault } from '../people/secrets.ts';
import type { Kinds } from '../records/kinds.ts';
import { type DeliveryContext, deliver, dueDeliveries } from './deliver.ts';
import { refuseNotification } from './errors.ts';
import { followLedger, type LedgerReader } from './follow-ledger.ts';
import { planDeliveries, QUIET_MS } from './plan.ts';
import { recordNews } from './record-news.ts';
import type { NotificationSettings } from './settings.ts';
import { type NoticeDraft, tell } from './tell.ts';
import type { WebhookContext } from './webhooks.ts';

type Tx = Transaction<Tables> | Kysely<Tables>;

export interface NotificationOptions {
  readonly db: Kysely<Tables>;
  readonly jobs: Jobs;
  readonly kinds: Kinds;
  readonly vault: Vault;
  readonly baseUrl: string;
  readonly settings: NotificationSettings;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: Logger;
}

const FOLLOW = 'follow-ledger';
const PLAN = 'plan-deliveries';
const DELIVER = 'deliver';
/** A burst of changes is read once. */
const BURST_MS = 500;
/** What was told is kept in Ward for a season; the ledger keeps the facts for ever. */
const KEPT_MS = 120 * 86_400_000;

export class Notifications {
  readonly #readers: LedgerReader[];
  readonly #options: NotificationOptions;

  constructor(options: NotificationOptions) {
    this.#options = options;
    this.#readers = [recordNews(options.kinds)];
    this.#registerTasks();
  }

  get settings(): NotificationSettings {
    return this.#options.settings;
  }

  get webhooks(): WebhookContext {
    const { db, vault, now, newId, settings } = this.#options;
    return { db, vault, now, newId, allowPrivate: settings.allowPrivateWebhooks };
  }

  get #delivery(): DeliveryContext {
    return this.#options;
  }

  /** Called with every entry of the ledger, once, in order; the news that it finds is durable with that. */
  addReader(reader: LedgerReader): void {
    this.#readers.push(reader);
  }

  /** Writes notices in the caller's transaction. Idempotent by occasion and subject. */
  tell(tx: Tx, drafts: readonly NoticeDraft[]): Promise<number> {
    const { now, newId } = this.#options;
    return tell(tx, drafts, { now: now(), newId });
  }

  /** Reads what the ledger got since the last time. */
  async follow(): Promise<void> {
    const { db, now, newId, jobs } = this.#options;
    await followLedger(db, this.#readers, { now, newId });
    await this.#planSoon(db, jobs);
  }

  /** Turns items whose event has come to rest into deliveries. */
  async plan(): Promise<void> {
    const { db, now, newId, settings } = this.#options;
    await db
      .transaction()
      .execute((tx) => planDeliveries(tx, { now: now(), newId, mail: settings.mail !== null }));
    await this.#startDue();
  }

  /** Makes what is due now, one after the other; for tests and small houses the jobs do the same. */
  async deliverDue(): Promise<void> {
    const { db, now } = this.#options;
    for (const id of await dueDeliveries(db, now())) await deliver(this.#delivery, id);
  }

  /** Puts a mail of its own into the queue. Refuses `notification.no-mail`. */
  async queueMail(
    tx: Tx,
    mail:
      | { readonly kind: 'test'; readonly personId: string }
      | {
          readonly kind: 'invitation';
          readonly personId: string;
          readonly content: {
            readonly url: string;
            readonly inviter: string;
            readonly until: string;
            readonly invitation: string;
          };
        },
  ): Promise<string> {
    const { vault, now, newId, settings, jobs } = this.#options;
    if (!settings.mail) throw refuseNotification('notification.no-mail', 'No mail server is set up.');
    const id = newId();
    const sealed =
      mail.kind === 'invitation'
        ? vault.seal(Buffer.from(JSON.stringify(mail.content)), `delivery:${id}`)
        : null;
    await tx
      .insertInto('delivery')
      .values({
        id,
        kind: mail.kind,
        channel: 'mail',
        person_id: mail.personId,
        webhook_id: null,
        state: 'waiting',
        due_at: now(),
        created_at: now(),
        sealed_content: sealed,
      })
      .execute();
    await jobs.add(tx, DELIVER, { delivery: id }, { key: `deliver:${id}` });
    return id;
  }

  /** Sends an invitation's link; false when mail is not set up. */
  readonly mailInvitation = async (
    made: { readonly id: string; readonly personId: string; readonly url: string; readonly expiresAt: Date },
    inviter: string,
  ): Promise<boolean> => {
    const { db, settings } = this.#options;
    if (!settings.mail) return false;
    const { id, personId, url, expiresAt } = made;
    const content = { url, inviter, until: expiresAt.toISOString(), invitation: id };
    await db.transaction().execute((tx) => this.queueMail(tx, { kind: 'invitation', personId, content }));
    return true;
  };

  async queueWebhookTest(tx: Tx, webhookId: string): Promise<string> {
    const { now, newId, jobs } = this.#options;
    const id = newId();
    await tx
      .insertInto('delivery')
      .values({
        id,
        kind: 'test',
        channel: 'webhook',
        person_id: null,
        webhook_id: webhookId,
        state: 'waiting',
        due_at: now(),
        created_at: now(),
      })
      .execute();
    await jobs.add(tx, DELIVER, { delivery: id }, { key: `deliver:${id}` });
    return id;
  }

  /** Sends again what failed or may not have arrived. Refuses `delivery.under-way`. */
  async sendAgain(id: string): Promise<void> {
    const { db, now, jobs } = this.#options;
    await db.transaction().execute(async (tx) => {
      const done = await tx
        .updateTable('delivery')
        .set({ state: 'waiting', due_at: now(), attempts: 0, first_tried_at: null, digest_on: null })
        .where('id', '=', id)
        .where('state', 'in', ['failed', 'unknown'])
        .returning('id')
        .executeTakeFirst();
      if (!done) throw refuseNotification('delivery.under-way', 'This delivery did not fail.');
      await jobs.add(tx, DELIVER, { delivery: id }, { key: `deliver:${id}` });
    });
  }

  /** In a process that works off jobs: whenever something was written, look at it soon. Gives the function that stops. */
  listen(feed: { subscribe(listener: (seq: number | null) => void): () => void }): () => void {
    const { db, jobs, log } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = feed.subscribe((seq) => {
      // Null: notices were written, which the ledger knows nothing of.
      timer ??= setTimeout(() => {
        timer = undefined;
        const work =
          seq === null
            ? this.#planSoon(db, jobs)
            : jobs.add(db, FOLLOW, {}, { key: FOLLOW, queue: 'notices' });
        work.catch((error: unknown) => log.warn({ err: error }, 'News is read a minute later'));
      }, BURST_MS);
      timer.unref();
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }

  #registerTasks(): void {
    const { jobs } = this.#options;
    jobs.task(FOLLOW, () => this.follow());
    jobs.task(PLAN, () => this.plan());
    jobs.task(DELIVER, async (payload, { attempt }) =>
      // Another attempt of the job: the worker that had it is gone, and its claim with it.
      deliver(this.#delivery, String(payload.delivery), attempt > 1),
    );
    jobs.task('forget-notices', () => this.#forget());
    // What was not heard, and what is due by time.
    jobs.schedule('* * * * *', FOLLOW);
    jobs.schedule('* * * * *', PLAN);
    jobs.schedule('23 2 * * *', 'forget-notices');
  }

  async #planSoon(db: Kysely<Tables>, jobs: Jobs): Promise<void> {
    const { rows } = await sql`select 1 from notice_item where planned_at is null limit 1`.execute(db);
    if (rows.length === 0) return;
    // The key moves a job that waits already, so that an event that goes on is waited for.
    const runAt = new Date(Date.now() + QUIET_MS + 1_000);
    await jobs.add(db, PLAN, {}, { key: PLAN, queue: 'notices', runAt });
  }

  async #startDue(): Promise<void> {
    const { db, now, jobs } = this.#options;
    for (const id of await dueDeliveries(db, now()))
      await jobs.add(db, DELIVER, { delivery: id }, { key: `deliver:${id}` });
  }

  async #forget(): Promise<void> {
    const { db, now } = this.#options;
    const before = new Date(now().getTime() - KEPT_MS);
    await db.deleteFrom('delivery').where('created_at', '<', before).execute();
    await db.deleteFrom('notice').where('updated_at', '<', before).execute();
  }
}
