// The Lumen 400 as the agent carries it: the machine, its light, its records, service, updates and the person in front of it.
import type { AgentParts, ChannelPeer, DeviceApplication } from '@ward/device/agent/application.ts';
import { decodeEntry, eventOf } from '@ward/device/audit/entry.ts';
import { type AuditEvent, auditEvent } from '@ward/device/audit/event.ts';
import type { Command, CommandedDevice } from '@ward/device/commands/unit.ts';
import type { PublicJwk } from '@ward/device/identity/key.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { refuseService } from '@ward/device/service/refusals.ts';
import { Laser, type LaserNews } from '../machine/laser.ts';
import type { LocalEvent } from '../machine/laser-machine.ts';
import { endServiceWith, serviceAtDevice, serviceHandlers } from '../machine/laser-service.ts';
import {
  LASER_VOCABULARY,
  type PatientData,
  type PrepareBody,
  type RemoteVerb,
} from '../machine/vocabulary.ts';
import { type Display, displayOf, type ServiceOnDisplay } from './display.ts';
import { Emission } from './emission.ts';
import type { PanelRequest } from './local-socket.ts';
import { recordHandlers } from './record-handlers.ts';
import { ServiceCorner } from './service-corner.ts';
import { TreatmentBook } from './treatment-book.ts';

const TICK_MS = 500;
/** The two channels of the foot switch may differ for so long. */
const FOOT_MS = 300;
const NOTICE_MS = 8_000;
const EMERGENCY_NOTICE_MS = 60_000;
const LOST_MS = 60_000;
const SELF_TESTS = ['interlocks', 'foot-switch', 'power-meter', 'shutter', 'memory'] as const;

export interface LaserApplicationOptions {
  readonly parts: AgentParts;
  /** The program's own version. */
  readonly version: string;
  /** A build that is broken on purpose: its self test fails. */
  readonly fault: boolean;
  readonly online: () => boolean;
  readonly changed: () => void;
  /** After which a laptop without a channel is gone; a minute when absent. */
  readonly laptopGoneMs?: number;
}

export class LaserApplication implements DeviceApplication {
  readonly vocabulary = LASER_VOCABULARY;
  readonly device: CommandedDevice;
  readonly #options: LaserApplicationOptions;
  readonly #laser: Laser;
  readonly #emission: Emission;
  readonly #book: TreatmentBook;
  readonly #corner: ServiceCorner;
  readonly #ticking: NodeJS.Timeout;
  #armedOnce = false;
  #graceMinutes = 0;
  /** Who agrees to the update: the person, or the time that was there to postpone it. */
  #agreedBy: 'local' | 'time' = 'local';
  /** Other parameters were laid ready: their time begins when they are armed; until then that of before runs on. */
  #adjusted = false;
  /** Open channels of service laptops, and when each that has none counts as gone, by thumbprint. */
  readonly #channels = new Map<string, number>();
  readonly #lostTimers = new Map<string, NodeJS.Timeout>();
  #treatmentTimer: NodeJS.Timeout | null = null;
  #footTimer: NodeJS.Timeout | null = null;
  #updateStaged: string | null = null;
  #auditProblem: string | null = null;
  #notice: { readonly text: string; readonly until: number } | null = null;
  #calibration: Record<string, number> = {};

  private constructor(options: LaserApplicationOptions, corner: ServiceCorner) {
    const { parts, version } = options;
    this.#options = options;
    this.#corner = corner;
    this.#book = new TreatmentBook({
      ...{ vault: parts.vault, clock: parts.clock, audit: parts.audit, changed: options.changed },
      software: `Lumen 400 ${version}`,
    });
    this.#laser = new Laser({
      tell: (news) => this.#hear(news),
      facts: () => ({ version, unit: parts.unit, updateStaged: this.#updateStaged }),
      handlers: {
        ...this.#serviceHandlers(),
        ...recordHandlers(parts.vault),
        'update.check': () => {
          parts.checkNow();
          return {};
        },
      },
    });
    this.#emission = new Emission(() => this.local('pulse-done'));
    const laser = this.#laser;
    this.device = {
      get state() {
        return laser.state;
      },
      decide: (command) => {
        laser.decide(command);
        if (command.verb === 'treatment.prepare')
          this.#book.demand(command.grant.person, (command.body as PrepareBody).patient);
      },
      perform: async (command) => {
        try {
          const answer = laser.perform(command);
          const { treatment } = laser.now.control;
          if (command.verb === 'treatment.prepare' && treatment)
            this.#book.prepared(command, treatment, command.patientData as PatientData);
          const given = await answer;
          if (command.verb === 'record.break-glass') this.#tellOfEmergency();
          return given;
        } finally {
          this.#follow();
        }
      },
    };
    this.#ticking = setInterval(() => void this.#tick(), TICK_MS);
    this.#ticking.unref();
  }

  static async start(options: Omit<LaserApplicationOptions, 'online'> & { online: () => boolean }) {
    const late: { application?: LaserApplication } = {};
    const { unit, clock, disk, audit } = options.parts;
    const corner = await ServiceCorner.open({
      ...{ unit, clock, disk, audit },
      inStandby: () => late.application?.state === 'standby',
      ended: () => options.changed(),
    });
    const application = new LaserApplication(options, corner);
    late.application = application;
    application.local('power-on');
    application.local(application.#selfTest() ? 'self-test-passed' : 'self-test-failed');
    return application;
  }

  get state(): string {
    return this.#laser.state;
  }

  async health(): Promise<boolean> {
    const { parts, version } = this.#options;
    return this.#laser.state === 'standby' && parts.audit.writable && version === parts.running.version;
  }

  mayInstall(): boolean {
    // `updating` is entered from standby only, and nothing but the update leaves it.
    const { state } = this.#laser;
    return (state === 'standby' || state === 'updating') && !this.#book.pending;
  }

  stop(_who: string): void {
    // The same row as the verb `stop`: less, and nothing else.
    if (this.#laser.state === 'armed' || this.#laser.state === 'emitting') this.local('pause-pressed');
  }

  updateStaged(version: string | null, graceSeconds: number): void {
    this.#updateStaged = version;
    this.#graceMinutes = Math.ceil(graceSeconds / 60);
    if (version) this.local('update-found');
    this.#options.changed();
  }

  updateDue(): void {
    if (this.#laser.state !== 'standby') return;
    // Noted again: what was found may have been forgotten by a stop in between.
    this.local('update-found');
    this.#agreedBy = 'time';
    this.local('update-consented');
    this.#agreedBy = 'local';
  }

  async services(
    requests: readonly string[],
    ended: readonly string[],
    maker: PublicJwk | null,
  ): Promise<void> {
    if (maker) await this.#corner.believe(maker);
    if (await this.#corner.endFromWorkbench(ended)) this.#afterService();
    for (const request of requests) {
      if (this.#laser.state !== 'standby' || !this.#corner.isNew(request)) continue;
      await this.#takeRequest(request).catch((error) => {
        if (!isRefusal(error)) throw error;
      });
    }
    this.#options.changed();
  }

  serviceReport() {
    return this.#corner.report();
  }

  channelOpened({ role, thumbprint }: ChannelPeer): void {
    if (role !== 'service') return;
    this.#channels.set(thumbprint, (this.#channels.get(thumbprint) ?? 0) + 1);
    clearTimeout(this.#lostTimers.get(thumbprint));
    this.#lostTimers.delete(thumbprint);
  }

  /**
   * The engineer of a session whose laptop is gone for a minute is gone; a program that asks once and hangs up is not. Other laptops neither end a
   * session nor keep it open.
   */
  channelClosed({ role, thumbprint }: ChannelPeer): void {
    if (role !== 'service') return;
    const left = (this.#channels.get(thumbprint) ?? 0) - 1;
    if (left > 0) return void this.#channels.set(thumbprint, left);
    this.#channels.delete(thumbprint);
    clearTimeout(this.#lostTimers.get(thumbprint));
    const timer = setTimeout(() => {
      this.#lostTimers.delete(thumbprint);
      if (this.#laser.state === 'service' && this.#corner.desk?.laptop === thumbprint)
        void this.#atDevice()?.channelLost();
      this.#options.changed();
    }, this.#options.laptopGoneMs ?? LOST_MS);
    timer.unref();
    this.#lostTimers.set(thumbprint, timer);
  }

  auditProblem(code: string | null): void {
    this.#auditProblem = code;
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    for (const timer of [this.#treatmentTimer, this.#footTimer, ...this.#lostTimers.values()])
      if (timer) clearTimeout(timer);
    this.local('power-lost');
    await this.#corner.desk?.end('power');
    await this.#book.close();
  }

  /** A person, a switch or a signal at the device. Gives whether it did anything. */
  local(event: LocalEvent): boolean {
    const did = this.#laser.local(event);
    if (did && event === 'emergency-pressed') this.#note('device.emergency-stopped', null);
    this.#follow();
    return did;
  }

  /** From the panel; a refusal becomes a sentence. */
  async act(request: PanelRequest): Promise<{ did: boolean; says: string | null }> {
    try {
      const did = await this.#act(request);
      return { did, says: did ? null : 'That does nothing now.' };
    } catch (error) {
      if (!isRefusal(error)) {
        // A disk that fails while somebody presses a key is no reason for the laser to fall over.
        console.error('at the panel:', error);
        return { did: false, says: 'This failed. Please call service.' };
      }
      this.#notice = { text: error.plain, until: this.#options.parts.clock.monotonic() + NOTICE_MS };
      return { did: false, says: error.plain };
    } finally {
      this.#options.changed();
    }
  }

  display(): Display {
    const { parts, version, online } = this.#options;
    const visible = this.#corner.desk?.visible ?? { kind: 'none' as const };
    const proposal = visible.kind === 'open' ? visible.proposal : null;
    const notice = this.#notice && this.#notice.until > parts.clock.monotonic() ? this.#notice.text : null;
    return displayOf({
      ...{ unit: parts.unit, version, laser: this.#laser.now, patient: this.#laser.patientOnDisplay },
      ...{ delivered: this.#emission.delivered, recordPending: this.#book.pending },
      service: serviceOnDisplay(visible),
      calibration: proposal && `${proposal.item} by ${proposal.partsPerThousand / 10} %`,
      ...{ updateStaged: this.#updateStaged, online: online(), notice },
      graceMinutes: this.#graceMinutes,
      vault: parts.vault.health,
      ...{ auditWritable: parts.audit.writable, auditProblem: this.#auditProblem !== null },
    });
  }

  async #act(request: PanelRequest): Promise<boolean> {
    switch (request.do) {
      case 'press': {
        let did = false;
        for (const input of request.inputs) did = (await this.#press(input)) || did;
        return did;
      }
      case 'consent': {
        const desk = this.#atDevice();
        if (!desk) throw refuseService('service.nothing-requested');
        try {
          await desk.consent(request.code.replace(/[\s-]/g, ''));
        } catch (error) {
          // Wrong too often: nothing waits any more.
          if (isRefusal(error) && this.#corner.desk?.visible.kind === 'none') {
            await this.#corner.declined(error.code);
            this.local('service-declined');
          }
          throw error;
        }
        await this.#corner.opened();
        this.#follow();
        return true;
      }
      case 'postpone':
        await this.#options.parts.postponeUpdate();
        return true;
      default:
        return false;
    }
  }

  async #press(input: Extract<PanelRequest, { do: 'press' }>['inputs'][number]): Promise<boolean> {
    const desk = this.#atDevice();
    switch (input) {
      // Only with the code.
      case 'service-consented':
        return false;
      case 'service-declined':
        if (!desk || this.#corner.desk?.visible.kind !== 'requested') return false;
        await this.#corner.declined();
        return this.local(input);
      case 'service-ended':
        if (!desk || this.state !== 'service') return false;
        await desk.end();
        this.#follow();
        return true;
      case 'calibration-confirmed':
        if (!desk) return false;
        await desk.confirmCalibration(({ item, partsPerThousand }) => {
          this.#calibration = { ...this.#calibration, [item]: partsPerThousand };
        });
        return true;
      default:
        return this.local(input);
    }
  }

  #hear({ effects, before, after, by }: LaserNews): void {
    for (const effect of effects)
      switch (effect) {
        case 'take-treatment':
          this.#emission.reset();
          this.#armedOnce = false;
          break;
        case 'take-adjusted':
          this.#adjusted = true;
          break;
        case 'record-treatment':
          if (before.control.treatment && this.#armedOnce) {
            const { delivered } = this.#emission;
            this.#book.ended(before.control.treatment, delivered);
            this.#note('treatment.ended', before.control.treatment.patient, {
              ...{ pulses: delivered.pulses, energyMilliJoule: delivered.energyMilliJoule },
              settings: delivered.settings.length,
            });
          }
          break;
        case 'install-update':
          this.#note('update.consented', this.#updateStaged, { by: this.#agreedBy });
          void this.#install();
          break;
      }
    const { desk } = this.#corner;
    if (desk) endServiceWith(desk)({ effects, before, after, by });
  }

  /** After every step: light, clocks and display go with the state. */
  #follow(): void {
    const { control, safety } = this.#laser.now;
    this.#emission.follow(safety);
    if (control.state === 'armed' && control.treatment && (!this.#armedOnce || this.#adjusted)) {
      if (!this.#armedOnce)
        this.#note('treatment.begun', control.treatment.patient, { mode: control.treatment.setting.mode });
      this.#armedOnce = true;
      this.#adjusted = false;
      this.#book.armed(control.treatment, this.#emission.delivered);
      if (this.#treatmentTimer) clearTimeout(this.#treatmentTimer);
      const { treatmentSecond } = control.treatment.setting.parameters;
      this.#treatmentTimer = setTimeout(() => this.local('treatment-time-over'), treatmentSecond * 1000);
    }
    if (control.treatment === null && this.#treatmentTimer) {
      clearTimeout(this.#treatmentTimer);
      this.#treatmentTimer = null;
    }
    if (safety.footA === safety.footB) {
      if (this.#footTimer) clearTimeout(this.#footTimer);
      this.#footTimer = null;
    } else this.#footTimer ??= setTimeout(() => this.local('foot-disagreement'), FOOT_MS);
    this.#options.changed();
  }

  /** What a person at the device did. A log that is full stops no treatment. */
  #note(what: string, on: string | null, detail: AuditEvent['detail'] = {}): void {
    void this.#options.parts.audit
      .append(auditEvent({ what, outcome: 'done', who: 'local', on, detail }))
      .catch((error) => {
        if (!isRefusal(error)) throw error;
      });
  }

  async #install(): Promise<void> {
    try {
      await this.#options.parts.installUpdate();
    } catch (error) {
      if (!isRefusal(error)) console.error('the update was not installed:', error);
      // Back to work with what runs.
      this.local('update-finished');
      this.local(this.#selfTest() ? 'self-test-passed' : 'self-test-failed');
      if (isRefusal(error))
        this.#notice = { text: error.plain, until: this.#options.parts.clock.monotonic() + NOTICE_MS };
    }
  }

  async #tick(): Promise<void> {
    const desk = this.#atDevice();
    if (!desk) return;
    await desk.tick();
    if (this.#corner.desk?.visible.kind !== 'none') this.#options.changed();
  }

  /** Whoever stands at the device sees that somebody looked. */
  #tellOfEmergency(): void {
    const until = this.#options.parts.clock.monotonic() + EMERGENCY_NOTICE_MS;
    this.#notice = {
      text: 'Patient data were opened in an emergency from a console. This is reviewed later.',
      until,
    };
  }

  #atDevice() {
    const { desk } = this.#corner;
    return desk && serviceAtDevice(this.#laser, desk);
  }

  #afterService(): void {
    if (this.#laser.state === 'service') this.local('service-ended');
    else this.local('service-declined');
  }

  /** As if the workbench asked by the verb: the same row of the machine, the same desk. */
  async #takeRequest(request: string): Promise<void> {
    const command = { verb: 'service.open', body: { request }, grant: { person: 'workbench' } } as Command;
    this.#laser.decide(command);
    await this.device.perform(command);
  }

  #serviceHandlers() {
    const handlers = () => {
      const { desk } = this.#corner;
      if (!desk) throw refuseService('service.not-open');
      return serviceHandlers(desk, {
        diagnostics: () => ({
          state: this.state,
          version: this.#options.version,
          safety: this.#laser.now.safety,
          sensors: {
            diodeCelsius: 31,
            crystalCelsius: 74,
            coolantMilliLitrePerMinute: 900,
            emissionHours: 412,
          },
          selfTest: this.#tests(),
        }),
        selfTest: () => this.#tests(),
        logLines: async (after, most) =>
          (await this.#options.parts.readAudit(after + 1, most)).flatMap((line) => {
            const entry = decodeEntry(line);
            return entry ? [{ sequence: entry.sequence, event: eventOf(entry) }] : [];
          }),
      });
    };
    const by = (verb: RemoteVerb) => (command: Command) => handlers()[verb]!(command);
    return {
      'service.open': async (command: Command) => {
        const { request } = command.body as { readonly request: string };
        try {
          if (!this.#corner.desk) throw refuseService('service.wrong-signature');
          await this.#corner.request(request);
          return {};
        } catch (error) {
          // Nobody waits at the desk, so nobody waits at the machine.
          if (this.#corner.desk?.visible.kind !== 'requested') this.local('service-declined');
          throw error;
        }
      },
      'service.read-logs': by('service.read-logs'),
      'service.self-test': by('service.self-test'),
      'service.diagnostics': by('service.diagnostics'),
      'calibration.propose': by('calibration.propose'),
      'service.end': by('service.end'),
    };
  }

  #tests() {
    return SELF_TESTS.map((test) => ({ test, passed: !(this.#options.fault && test === 'power-meter') }));
  }

  #selfTest(): boolean {
    return this.#tests().every(({ passed }) => passed);
  }
}

function serviceOnDisplay(
  visible: NonNullable<ServiceCorner['desk']>['visible'] | { readonly kind: 'none' },
): ServiceOnDisplay | null {
  switch (visible.kind) {
    case 'none':
      return null;
    case 'requested':
      return {
        ...{ state: 'waiting', who: visible.who, why: visible.why, code: visible.code },
        minutes: visible.minutes,
      };
    case 'open':
      return {
        ...{ state: 'open', who: visible.who, why: visible.why, code: null },
        minutes: Math.ceil(visible.secondsLeft / 60),
      };
  }
}
