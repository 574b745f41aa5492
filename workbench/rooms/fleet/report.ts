// What a unit says of itself: the device's own words, so that both ends mean the same.
export { type AuditUpload, CheckIn, CheckInAnswer, type UnitReport } from '@ward/device/agent/messages.ts';
