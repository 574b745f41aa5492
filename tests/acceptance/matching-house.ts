// A Ward for the acceptance checks of matching: SBOMs in, advisories in, findings out, each test with a release of its own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '../../workbench/kernel/people/roles.ts';
import { createRecord, editRecord, makeTransition } from '../../workbench/kernel/records/operations.ts';
import { readRecord } from '../../workbench/kernel/records/read.ts';
import type { JsonObject, WardRecord } from '../../workbench/kernel/records/record.ts';
import { runImport } from '../../workbench/knowledge/run-import.ts';
import { importSbom } from '../../workbench/rooms/components/index.ts';
import { assessFinding } from '../../workbench/rooms/vulnerabilities/decide-finding.ts';
import { type FindingRow, listFindings } from '../../workbench/rooms/vulnerabilities/list-findings.ts';
import { makeProduct, PASSWORD, type TestWard, testWard } from '../setup/test-ward.ts';

export interface Part {
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly cpe?: string;
}

export interface MatchingHouse {
  readonly ward: TestWard;
  readonly lead: Principal;
  /** Safety risk manager with `PASSWORD`. */
  readonly approver: Principal;
  readonly product: WardRecord;
  release(product?: WardRecord): Promise<WardRecord>;
  takeIn(release: WardRecord, parts: readonly Part[]): ReturnType<typeof importSbom>;
  know(...records: unknown[]): Promise<void>;
  findings(release: WardRecord): Promise<readonly FindingRow[]>;
  /** KEV, EPSS and other files as they are downloaded. */
  learn(name: string, text: string): Promise<void>;
  /** Judged by the lead and approved by somebody else; gives the assessment's key. */
  decide(release: WardRecord, finding: FindingRow, body?: JsonObject): Promise<string>;
  /** Edited by the lead, which takes the facts of now, and approved again. */
  rewrite(assessment: string): Promise<void>;
  stateOf(key: string): Promise<string>;
  /** Reasons of its transitions, oldest first. */
  reasonsOf(key: string): Promise<string[]>;
  close(): Promise<void>;
}

export const NOT_AFFECTED: JsonObject = {
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  rationale: 'The parser is never given input from outside.',
  safety: 'none',
  safetyRationale: 'No path to emission.',
  privacy: 'none',
  privacyRationale: 'No personal data.',
};

export async function matchingHouse(): Promise<MatchingHouse> {
  const ward = await testWard();
  const folder = await mkdtemp(join(tmpdir(), 'ward-acceptance-'));
  const lead = await ward.person('Lea Lead', ['security-lead']);
  const approver = await ward.person('Sam Safety', ['safety-risk-manager', 'quality']);
  await ward.people.setPassword(approver.personId as string, PASSWORD);
  const product = await makeProduct(ward);
  let serial = 0;
  await ward.jobs.start(2);
  return {
    ward,
    lead,
    approver,
    product,
    release(of = product) {
      serial += 1;
      const body = { name: `Release ${serial}`, version: `1.${serial}` };
      return createRecord(ward.records, lead, { kind: 'release', productId: of.id, body });
    },
    async takeIn(release, parts) {
      const components = parts.map((part, index) => ({ type: 'library', 'bom-ref': `c${index}`, ...part }));
      const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components };
      const bytes = Buffer.from(JSON.stringify(bom));
      const result = await importSbom(ward, lead, {
        release: release.key,
        fileName: 'b.json',
        part: null,
        bytes,
      });
      await ward.jobs.drain();
      return result;
    },
    async know(...records) {
      serial += 1;
      const file = join(folder, `${serial}.jsonl`);
      await writeFile(file, records.map((record) => JSON.stringify(record)).join('\n'));
      const { problems, firstProblems } = await runImport(ward, {
        paths: [file],
        source: file,
        actorId: null,
      });
      if (problems > 0) throw new Error(JSON.stringify(firstProblems));
      await ward.jobs.drain();
    },
    async learn(name, text) {
      serial += 1;
      const file = join(folder, `${serial}-${name}`);
      await writeFile(file, text);
      const { problems, firstProblems } = await runImport(ward, {
        paths: [file],
        source: file,
        actorId: null,
      });
      if (problems > 0) throw new Error(JSON.stringify(firstProblems));
      await ward.jobs.drain();
    },
    async decide(release, { vulnerability, place }, body = NOT_AFFECTED) {
      const at = { release: release.key, vulnerability, place };
      const { assessment } = await assessFinding(ward, lead, { ...at, body });
      await makeTransition(ward.records, approver, assessment.key, {
        seenRevision: assessment.revision,
        transition: 'approve',
        reason: null,
        credential: { password: PASSWORD },
      });
      return assessment.key;
    },
    async rewrite(key) {
      const { body, revision } = await readRecord(ward.db, lead, key);
      const edited = await editRecord(ward.records, lead, key, {
        seenRevision: revision,
        body: { ...body, rationale: `${String(body.rationale)} Looked at once more.` },
        reason: 'Its review.',
      });
      await makeTransition(ward.records, approver, key, {
        seenRevision: edited.revision,
        transition: 'approve',
        reason: null,
        credential: { password: PASSWORD },
      });
    },
    async stateOf(key) {
      return (await readRecord(ward.db, lead, key)).state;
    },
    async reasonsOf(key) {
      const { rows } = await ward.pool.query<{ reason: string | null }>(
        `select content->>'reason' as reason from ledger where action = 'record.transitioned'
          and record = (select id from record where key = $1) order by seq`,
        [key],
      );
      return rows.flatMap(({ reason }) => (reason === null ? [] : [reason]));
    },
    async findings(release) {
      return (await listFindings(ward.db, lead, { releaseId: release.id }, 0, 100)).items;
    },
    async close() {
      await ward.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface OsvFacts {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly modified?: string;
  readonly withdrawn?: string;
  readonly upstream?: readonly string[];
  readonly affected: readonly object[];
  readonly summary?: string;
  readonly details?: string;
  readonly references?: readonly object[];
  readonly severity?: readonly object[];
}

export const osvRecord = (facts: OsvFacts) => ({
  modified: '2026-01-01T00:00:00Z',
  published: '2026-01-01T00:00:00Z',
  summary: 'A flaw for the check',
  ...facts,
});

export const osvPackage = (ecosystem: string, name: string, ...events: object[]) => ({
  package: { ecosystem, name },
  ranges: [{ type: 'ECOSYSTEM', events }],
});

export interface NvdNode {
  readonly vulnerable: boolean;
  readonly criteria: string;
  readonly versionEndExcluding?: string;
  readonly versionEndIncluding?: string;
  readonly versionStartIncluding?: string;
}

/** A record of NVD; more than one node makes an AND. */
export const nvdRecord = (id: string, ...nodes: readonly NvdNode[][]) => ({
  cve: {
    id,
    published: '2026-01-01T00:00:00.000',
    lastModified: '2026-01-01T00:00:00.000',
    vulnStatus: 'Analyzed',
    descriptions: [{ lang: 'en', value: 'A flaw for the check' }],
    references: [],
    configurations: [
      {
        ...(nodes.length > 1 ? { operator: 'AND' } : {}),
        nodes: nodes.map((matches) => ({
          operator: 'OR',
          negate: false,
          cpeMatch: matches.map((match, index) => ({
            matchCriteriaId: `00000000-0000-4000-8000-00000000000${index}`,
            ...match,
          })),
        })),
      },
    ],
  },
});

export const shown = (findings: readonly FindingRow[]): string[] =>
  findings.map(({ vulnerability, component, outcome }) => `${vulnerability} ${component} ${outcome}`).sort();
