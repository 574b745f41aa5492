// A unit, composed from its disk: identity, trusted time, revocations, audit log, the one listening port, commands, updates, check-ins. What the
// maker's device is comes in as a `DeviceApplication`.
import { randomUUID } from 'node:crypto';
import { rememberClosing, TrailClosings } from '../audit/closing.ts';
import { type AuditEvent, auditEvent } from '../audit/event.ts';
import type { AuditLog } from '../audit/log.ts';
import { type Listener, listen } from '../channel/listen.ts';
import type { Clock } from '../clock.ts';
import { makeSealKey } from '../commands/seal.ts';
import { CommandUnit } from '../commands/unit.ts';
import type { Disk } from '../disk/disk.ts';
import { type Identity, IdentityStore } from '../identity/identity-store.ts';
import { publicKeyOf } from '../identity/key.ts';
import { RevocationStore } from '../identity/revocation-store.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal, ownRefusal } from '../refusal.ts';
import type { Slot } from '../updates/boot-record.ts';
import { Bootloader } from '../updates/bootloader.ts';
import type { Fetch } from '../updates/fetch.ts';
import { httpFetch } from '../updates/http-fetch.ts';
import { counterFile } from '../updates/rollback-counter.ts';
import { rememberAnchor } from '../vault/anchor.ts';
import { FileKeys } from '../vault/file-keys.ts';
import type { KeyProvider } from '../vault/key-provider.ts';
import { readNames } from '../vault/names.ts';
import { Vault } from '../vault/vault.ts';
import type { AgentParts, DeviceApplication, Running } from './application.ts';
import { channelHandlers, Sessions } from './channel-handlers.ts';
import { CheckIns } from './check-in.ts';
import { DirectorShelf } from './director-shelf.ts';
import { makerKey } from './maker-key.ts';
import type { UnitReport } from './messages.ts';
import { openUnitLog } from './unit-log.ts';
import { unitSeal } from './unit-seal.ts';
import { readSettings, type UnitSettings } from './unit-settings.ts';
import { UpdateDuty } from './update-duty.ts';

export interface AgentOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The slot that this program was started from. */
  readonly slot: Slot;
  readonly application: (parts: AgentParts) => Promise<DeviceApplication>;
  /** Ends this process so that the boot loader starts what is on trial. */
  readonly restart: () => void;
  /** What the boot loader could not write itself. */
  readonly bootEvents?: readonly Parameters<typeof auditEvent>[0][];
  readonly network?: Fetch;
  /** Where the vault's key-encryption key is; files of the unit when absent. */
  readonly vaultKeys?: KeyProvider;
}

export class DeviceAgent {
  readonly settings: UnitSettings;
  readonly application: DeviceApplication;
  readonly log: AuditLog;
  readonly #options: AgentOptions;
  readonly #identity: Identity;
  readonly #running: Running;
  readonly #bootloader: Bootloader;
  readonly #listener: Listener;
  readonly #checkIns: CheckIns | null;
  readonly #updates: UpdateDuty;
  readonly #startedAt: number;
  readonly #vault: Vault;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  private constructor(parts: {
    settings: UnitSettings;
    options: AgentOptions;
    identity: Identity;
    running: Running;
    application: DeviceApplication;
    log: AuditLog;
    bootloader: Bootloader;
    listener: Listener;
    checkIns: CheckIns | null;
    updates: UpdateDuty;
    startedAt: number;
    vault: Vault;
  }) {
    this.settings = parts.settings;
    this.application = parts.application;
    this.log = parts.log;
    this.#options = parts.options;
    this.#identity = parts.identity;
    this.#running = parts.running;
    this.#bootloader = parts.bootloader;
    this.#listener = parts.listener;
    this.#checkIns = parts.checkIns;
    this.#updates = parts.updates;
    this.#startedAt = parts.startedAt;
    this.#vault = parts.vault;
  }

  /**
   * Starts everything but check-ins and updates, which wait for `settled`. Refuses `identity.not-enrolled`, `identity.store-damaged`, and what
   * the audit log and the application refuse at their opening.
   */
  static async start(options: AgentOptions): Promise<DeviceAgent> {
    const { disk, clock, slot, restart } = options;
    const startedAt = clock.monotonic();
    const settings = await readSettings(disk);
    const identities = await IdentityStore.open(disk);
    const identity = await identities.current();
    const time = await TrustedTime.load(clock, disk);
    const { remember: rememberVault, anchor, carry: carryAnchor } = rememberAnchor();
    const { remember: rememberClosed, newest, carry: carryClosed } = rememberClosing();
    const remember = (event: AuditEvent) => {
      rememberVault(event);
      rememberClosed(event);
    };
    const carry = () => [...carryAnchor(), ...carryClosed()];
    const log = await openUnitLog({ remember, carry, disk, clock, unit: settings.unit, identity });
    for (const event of options.bootEvents ?? []) await log.append(auditEvent(event)).catch(ownRefusal);
    const revocations = await RevocationStore.open({ disk, anchors: identity.anchors, time, audit: log });
    const kept = { clock, audit: log, unit: settings.unit, newId: randomUUID };
    // A unit whose store is lost still starts: what it is, what it runs and that it is damaged are to be seen, and it can be served.
    const vault = await Vault.open({
      ...{ ...kept, disk, keys: options.vaultKeys ?? new FileKeys(disk) },
      ...{ anchor: anchor(), names: () => readNames(log) },
    }).catch((error) => {
      if (isRefusal(error)) return Vault.closed(error, kept);
      throw error;
    });
    const seal = await unitSeal(disk);
    const bootloader = new Bootloader({ disk, seal, counter: counterFile(disk, seal), audit: log });
    const record = await bootloader.load();
    const content = record.slots[slot];
    const running: Running = {
      version: content?.version ?? '0.0.0',
      sha256: content?.sha256 ?? '0'.repeat(64),
      slot: slot === 'A' ? 'a' : 'b',
    };

    // The application is asked by parts that it is built on; it comes alive last.
    const late: { agent?: DeviceAgent } = {};
    const application = await options.application({
      unit: settings.unit,
      disk,
      clock,
      audit: log,
      identity,
      running,
      vault,
      now: () => time.now(),
      checkNow: () => void late.agent?.checkIn().catch(fault),
      installUpdate: async () => {
        await late.agent!.updates.activate();
        restart();
      },
      postponeUpdate: () => late.agent!.updates.postpone(),
      readAudit: async (from, most) => (await log.read(from, most)).lines,
    });
    const commands = new CommandUnit({
      unit: settings.unit,
      clock,
      sign: (bytes) => identity.key.sign(bytes),
      sealKey: await makeSealKey(),
      vocabulary: application.vocabulary,
      device: application.device,
      audit: log,
    });
    const sessions = new Sessions({ unit: settings.unit, identity, clock, time, revocations, log, commands });
    const listener = await listen({
      ...settings.listen,
      endpoint: { role: 'unit', key: identity.key, chain: identity.chain, anchors: identity.anchors },
      handlers: channelHandlers({ sessions, application, revocations, running, log, unit: settings.unit }),
      audit: log,
      clock,
      now: () => time.now(),
      revocations: () => revocations.current,
      onChannel: (channel) => {
        application.channelOpened(channel.peer);
        void channel.closed.then(() => {
          sessions.close(channel);
          application.channelClosed(channel.peer);
        });
      },
    });
    revocations.watch(() => {
      listener.reconsider();
      void sessions.reconsider();
    });

    const shelf = new DirectorShelf(disk);
    const updates = new UpdateDuty({
      ...{ settings, disk, clock, time, audit: log, seal, bootloader, shelf, application },
      network: options.network ?? httpFetch(),
    });
    const closings = new TrailClosings({ unit: settings.unit, log, newest });
    const checkIns = settings.gateway
      ? new CheckIns({
          ...{ gateway: settings.gateway, clock, identities, time, revocations, log },
          report: async () => late.agent!.report(),
          directorVersion: () => shelf.version(),
          take: async (answer) => {
            application.auditProblem(answer.auditProblem);
            if (answer.director) shelf.put(answer.director);
            const maker = makerKey(answer.maker, identity.anchors, time.now(), revocations.current);
            // Refused and written down by itself; the rest of the answer is taken all the same.
            if (answer.auditClosing !== null && maker !== null)
              await closings.take(answer.auditClosing, publicKeyOf(maker)).catch(ownRefusal);
            await application.services(answer.services, answer.endServices, maker);
            if (answer.director) void updates.round(true).catch(fault);
          },
          renewed: ({ key, chain, anchors }) => listener.renew({ role: 'unit', key, chain, anchors }),
        })
      : null;
    const agent = new DeviceAgent({
      ...{ settings, options, identity, running, application, log, bootloader, listener, checkIns, updates },
      ...{ startedAt, vault },
    });
    late.agent = agent;
    return agent;
  }

  /** The port on which it listens. */
  get port(): number {
    return this.#listener.port;
  }

  get running(): Running {
    return this.#running;
  }

  get updates(): UpdateDuty {
    return this.#updates;
  }

  /** When the workbench was last asked, and what came of it. */
  get lastCheckIn() {
    return this.#checkIns?.last ?? null;
  }

  /** The boot loader has decided on this version: from now on the boot record is this process's to write. Tells what the boot loader did. */
  async settled(): Promise<void> {
    await this.#bootloader.save(await this.#bootloader.load());
    if (this.#closed) return;
    await this.#tick();
  }

  /** One round now. */
  async checkIn(): Promise<void> {
    await this.#checkIns?.round();
    await this.#updates.round(true);
  }

  async report(): Promise<UnitReport> {
    const { application, log, settings } = this;
    const { endedServices, ...services } = application.serviceReport();
    return {
      ...this.#running,
      hardwareId: settings.hardwareId,
      deviceState: application.state,
      uptimeMs: Math.round(this.#options.clock.monotonic() - this.#startedAt),
      update: this.#updates.report(),
      ...services,
      endedServices: [...endedServices],
      auditWritable: log.writable,
      vault: this.#vault.health,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#listener.close();
    await this.application.close();
    await this.#vault.close();
    await this.log.close().catch(ownRefusal);
  }

  async #tick(): Promise<void> {
    await this.#checkIns?.round().catch(fault);
    // Not waited for: a server that gives an update slowly must not keep back what was revoked meanwhile.
    void this.#updates.round().catch(fault);
    if (this.#closed) return;
    // A fleet that starts together does not ask together.
    const wait = this.settings.checkInSeconds * 1000 * (0.9 + Math.random() * 0.2);
    this.#timer = setTimeout(() => void this.#tick(), wait);
  }
}

/** A fault of the program in a round that nobody waits for: told, and the next round comes. */
const fault = (error: unknown) => console.error('the agent:', error);
