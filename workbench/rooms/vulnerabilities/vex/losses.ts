// What a round trip through each format loses (docs/reports/vex.md). A test holds each line against the readers and writers.
export type VexOut = 'openvex' | 'cyclonedx' | 'csaf';

const LOSSES: Readonly<Record<VexOut, readonly string[]>> = {
  openvex: [
    'A finding that nobody has decided, or whose decision was re-opened, goes out as under investigation.',
    'A false positive goes out as not affected because the component is not there.',
  ],
  cyclonedx: [
    'A finding that nobody has decided, or whose decision was re-opened, goes out as in triage.',
    'Five justifications of OpenVEX have four words here; the word of OpenVEX stands in the detail, and only Ward reads it there.',
    'Rationale and what users should do share one text.',
  ],
  csaf: [
    'A finding that nobody has decided, or whose decision was re-opened, goes out as under investigation.',
    'A false positive goes out as known not affected because the component is not there.',
    'A score of CVSS 4.0 is left out: CSAF 2.0 knows CVSS 2 and 3.',
  ],
};

export const lossesOf = (format: VexOut): readonly string[] => LOSSES[format];
