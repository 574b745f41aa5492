// What reaches the laser without a network: switches, buttons, doors, its own timers. Both processors see them.

export const SWITCHES = [
  'key-on',
  'key-off',
  'foot-a-down',
  'foot-a-up',
  'foot-b-down',
  'foot-b-up',
  'door-opened',
  'door-closed',
  'emergency-pressed',
  'emergency-released',
] as const;

export const BUTTONS = [
  /** Patient and eye are the ones in the chair. */
  'confirm-pressed',
  'arm-pressed',
  'pause-pressed',
  'end-pressed',
  'acknowledge-pressed',
  'reset-pressed',
  'update-consented',
  'service-consented',
  'service-declined',
  'service-ended',
  'calibration-confirmed',
  'calibration-declined',
] as const;

export const OWN_SIGNALS = [
  'power-on',
  'power-lost',
  'self-test-passed',
  'self-test-failed',
  'pulse-done',
  /** The two channels of the foot switch differ for longer than they may. */
  'foot-disagreement',
  /** The safety controller missed the control computer's beat, or found a fault of its own. */
  'watchdog-expired',
  'treatment-time-over',
  'update-found',
  'update-finished',
  'service-time-over',
  /** The channel of the service session is gone. */
  'channel-lost',
] as const;

export type LocalInput = (typeof SWITCHES)[number] | (typeof BUTTONS)[number] | (typeof OWN_SIGNALS)[number];
export const LOCAL_INPUTS: readonly LocalInput[] = [...SWITCHES, ...BUTTONS, ...OWN_SIGNALS];
