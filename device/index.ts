// The face of the device side: what a maker builds a networked device on. Everything else is reached by its own file.
export { DeviceAgent } from './agent/agent.ts';
export type { AgentParts, DeviceApplication, Running, ServiceReport } from './agent/application.ts';
export { enrol } from './agent/enrol.ts';
export { CheckIn, CheckInAnswer, UnitReport } from './agent/messages.ts';
export { makeUnitSeal, unitSeal } from './agent/unit-seal.ts';
export { readSettings, UnitSettings, writeSettings } from './agent/unit-settings.ts';
export { type AuditEvent, type AuditSink, auditEvent } from './audit/event.ts';
export { type Clock, systemClock } from './clock.ts';
export { DEVICE_VERBS, defineVocabulary } from './commands/vocabulary.ts';
export type { Disk } from './disk/disk.ts';
export { RealDisk } from './disk/real-disk.ts';
export { defineRefusals, isRefusal, Refusal, refusalDefinitions } from './refusal.ts';
export { Bootloader } from './updates/bootloader.ts';
export { counterFile } from './updates/rollback-counter.ts';
