// One attack that must fail. Each family is a file beside this one; `attacks.test.ts` runs them all and writes the table in
// docs/reports/attacks.md.
import type { AuditEvent } from '../audit/event.ts';

export interface Attack {
  /** A statement of what is tried, in kebab case: `replay-a-command-in-its-session`. Never changes; records cite it. */
  readonly id: string;
  /** What the attacker has: one line. */
  readonly has: string;
  /** What the attacker wants: one line. */
  readonly wants: string;
  /** The row of the mission that it threatens: `L1` to `L12`. */
  readonly row: string;
  /** The reason code with which it must end. */
  readonly refusal: string;
  /** Really does it, against the real parts. Any effect that it finds is thrown as an error that says what got through. */
  readonly run: () => Promise<AttackOutcome>;
}

export interface AttackOutcome {
  /** The code that the attacked part refused with. */
  readonly refusal: string;
  /** What the audit log of the attacked unit holds of it. */
  readonly audit: readonly AuditEvent[];
}

export interface AttackFamily {
  /** E.g. `Commands`. */
  readonly title: string;
  readonly attacks: readonly Attack[];
}
