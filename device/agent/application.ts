// What a maker's device is to the agent, and what the agent is to it. The agent knows nothing of lasers.

import type { AuditSink } from '../audit/event.ts';
import type { Clock } from '../clock.ts';
import type { CommandedDevice } from '../commands/unit.ts';
import type { Vocabulary } from '../commands/vocabulary.ts';
import type { Disk } from '../disk/disk.ts';
import type { Identity } from '../identity/identity-store.ts';
import type { PublicJwk } from '../identity/key.ts';
import type { Peer } from '../identity/peer.ts';
import type { Vault } from '../vault/vault.ts';

/** What runs now, from the slot's verified record. */
export interface Running {
  readonly version: string;
  readonly sha256: string;
  readonly slot: 'a' | 'b';
}

/** What the agent gives to the application that it carries. */
export interface AgentParts {
  readonly unit: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly audit: AuditSink;
  readonly identity: Identity;
  readonly running: Running;
  readonly vault: Vault;
  /** Latest trusted time, for records. */
  readonly now: () => number;
  /** Asks the workbench now: for `update.check`. */
  readonly checkNow: () => void;
  /** A person (or the time that was given for it) agreed to install what is staged: it ends this process when it is done. */
  readonly installUpdate: () => Promise<void>;
  /** The person at the device puts it off for a day. Refuses what `UpdateClient.postpone` refuses. */
  readonly postponeUpdate: () => Promise<{ readonly until: number; readonly left: number }>;
  /** Entries of the audit log from a sequence on, for service. */
  readonly readAudit: (from: number, most: number) => Promise<readonly string[]>;
}

export interface DeviceApplication {
  readonly vocabulary: Vocabulary;
  readonly device: CommandedDevice;
  /** Asked by the boot loader before a new version counts as good. */
  health(): Promise<boolean>;
  /** True only while nothing could be disturbed: in standby. */
  mayInstall(): boolean;
  /** For the workbench; says nothing of a patient. */
  readonly state: string;
  /** Makes it safe at once, without asking who it is. */
  stop(who: string): void;
  /** An update is staged and waits for the person at the device, or is gone. */
  updateStaged(version: string | null, graceSeconds: number): void;
  /** The time that the person had to postpone it is over, and nothing would be disturbed: it may be installed now. */
  updateDue(): void;
  /**
   * Requests for service that wait for consent (JWS), sessions that the workbench has ended, and the key of the maker's issuer that vouches for
   * requests.
   */
  services(requests: readonly string[], ended: readonly string[], maker: PublicJwk | null): Promise<void>;
  /** For the report. */
  serviceReport(): ServiceReport;
  /** Somebody was admitted to the port, by the name and the thumbprint of the certificate: `service:laptop-7`. */
  channelOpened(peer: ChannelPeer): void;
  /** Told once for each that was told as opened. */
  channelClosed(peer: ChannelPeer): void;
  /** The workbench does not believe the audit trail; null when it does. */
  auditProblem(code: string | null): void;
  close(): Promise<void>;
}

export type ChannelPeer = Pick<Peer, 'name' | 'role' | 'thumbprint'>;

export interface ServiceReport {
  /** For the next request (`ServiceDesk.challenge`); null when none can be taken. */
  readonly serviceChallenge: string | null;
  readonly service: {
    readonly id: string;
    readonly state: 'waiting' | 'open' | 'refused' | 'ended';
    readonly because: string | null;
  } | null;
  readonly endedServices: readonly { readonly id: string; readonly because: string }[];
}
