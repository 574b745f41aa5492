// What CISA states in its container of a CVE record (https://github.com/cisagov/vulnrichment): the options of its SSVC
// decision, and whether the catalogue of known exploited vulnerabilities holds the CVE.

export interface SsvcStatement {
  readonly cve: string;
  /** `CISA Coordinator`. */
  readonly role: string;
  readonly statedAt: string | null;
  /** `{ Exploitation: 'poc', Automatable: 'no', 'Technical Impact': 'total' }`. */
  readonly options: Readonly<Record<string, string>>;
}
