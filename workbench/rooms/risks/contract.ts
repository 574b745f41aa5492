// The shapes that the routes of risks answer with: one source for server, typed client and pages.
import { z } from '@hono/zod-openapi';
import { PersonRef, RecordSummary } from '../../kernel/records/contract.ts';
import { FORMATS } from './safety-file/limits.ts';
import { Mapping } from './safety-file/mapping.ts';

const Level = z.number().int().min(1).max(5);

const Exploitability = z.object({
  level: Level.nullable(),
  least: Level,
  most: Level,
  points: z.number().int(),
  because: z.array(z.string()),
  open: z.array(z.string()),
  lifted: z.boolean(),
});

const ZONES = ['acceptable', 'reduce', 'unacceptable', 'not judged'] as const;
export const ZoneName = z.enum(ZONES);
export type ZoneName = z.infer<typeof ZoneName>;

const Rated = z.object({
  exploitability: Exploitability,
  severity: z.number().int().min(0).max(5).nullable(),
  row: z.number().int().min(0).max(5).nullable(),
  zone: ZoneName,
  because: z.array(z.string()),
});
const Verdict = z.object({ before: Rated, claimed: Rated, after: Rated });
export const JudgementView = z
  .object({ safety: Verdict, privacy: Verdict, notes: z.array(z.string()) })
  .openapi('RiskJudgement');
export type JudgementView = z.infer<typeof JudgementView>;

const FlagView = z.object({ at: z.iso.datetime(), reason: z.string() });
const PlanRef = z.object({ key: z.string(), revision: z.number().int() }).nullable();
const Policy = z.record(z.string(), z.unknown());

export const RiskRow = z
  .object({
    key: z.string(),
    title: z.string(),
    state: z.string(),
    revision: z.number().int(),
    judgement: JudgementView.nullable(),
    judgedAt: z.iso.datetime().nullable(),
    flags: z.array(FlagView),
    harms: z.array(z.string()),
    acceptedUntil: z.string().nullable(),
  })
  .openapi('RiskRow');
export type RiskRow = z.infer<typeof RiskRow>;

const Counts = z.record(z.string(), z.number().int());
export const StatementView = z
  .object({
    total: z.number().int(),
    byZone: Counts,
    safety: Counts,
    privacy: Counts,
    undecided: z.number().int(),
    flagged: z.number().int(),
    claimedOnly: z.number().int(),
    highest: z.array(RiskRow),
  })
  .openapi('ResidualRiskStatement');
export type StatementView = z.infer<typeof StatementView>;

export const RiskList = z
  .object({
    items: z.array(RiskRow),
    statement: StatementView,
    policy: Policy,
    plan: PlanRef,
  })
  .openapi('RiskList');
export type RiskList = z.infer<typeof RiskList>;

const Linked = z.object({ key: z.string(), title: z.string(), state: z.string() });
export const RiskDetail = z
  .object({
    key: z.string(),
    revision: z.number().int(),
    state: z.string(),
    body: z.record(z.string(), z.unknown()),
    mayEdit: z.boolean(),
    policy: Policy,
    plan: PlanRef,
    kev: z.boolean(),
    harms: z.array(Linked.extend({ severity: Level, gone: z.boolean() })),
    controls: z.array(Linked),
    threats: z.array(Linked),
    findings: z.array(Linked.extend({ kev: z.boolean() })),
    exposures: z.array(
      z.object({
        vulnerability: z.string(),
        component: z.string(),
        element: z.string(),
        release: z.string(),
        kev: z.boolean(),
      }),
    ),
    /** As it was judged; null while nobody has. */
    judged: JudgementView.nullable(),
    judgedAt: z.iso.datetime().nullable(),
    /** What the same answers give with the facts of now; shown beside, never put in its place. */
    now: JudgementView,
    premisesHash: z.string().nullable(),
    moved: z.array(z.string()),
    flags: z.array(FlagView),
    history: z.array(
      z.object({
        at: z.iso.datetime(),
        revision: z.number().int(),
        act: z.string(),
        by: PersonRef.nullable(),
        before: ZoneName,
        after: ZoneName,
        severity: z.number().int().nullable(),
        exploitabilityBefore: Level.nullable(),
        exploitabilityAfter: Level.nullable(),
      }),
    ),
  })
  .openapi('RiskDetail');
export type RiskDetail = z.infer<typeof RiskDetail>;

export const ProposalView = z
  .object({
    productId: z.uuid(),
    body: z.record(z.string(), z.unknown()),
    links: z.array(z.object({ type: z.string(), to: z.string(), title: z.string() })),
  })
  .openapi('RiskProposal');
export type ProposalView = z.infer<typeof ProposalView>;

const SheetPreview = z.object({
  name: z.string(),
  rows: z.array(z.array(z.string())),
  total: z.number().int(),
});
export const PreviewView = z
  .object({
    format: z.enum(FORMATS),
    sheets: z.array(SheetPreview),
    mapping: Mapping,
    remembered: z.boolean(),
  })
  .openapi('SafetyFilePreview');
export type PreviewView = z.infer<typeof PreviewView>;

const HarmOfFile = z.object({
  sourceId: z.string(),
  title: z.string(),
  hazardousSituation: z.string(),
  severity: Level,
  affected: z.string(),
  at: z.string(),
});
export const HarmImportView = z
  .object({
    format: z.enum(FORMATS),
    mapping: Mapping,
    added: z.array(HarmOfFile),
    changed: z.array(
      z.object({
        key: z.string(),
        title: z.string(),
        returns: z.boolean(),
        at: z.string(),
        fields: z.array(z.object({ name: z.string(), before: z.string(), now: z.string() })),
        /** Links that become suspect when it is confirmed. */
        dependants: z.number().int(),
      }),
    ),
    gone: z.array(z.object({ key: z.string(), title: z.string(), dependants: z.number().int() })),
    unchanged: z.number().int(),
    seen: z.string(),
    stored: z.boolean(),
  })
  .openapi('HarmImport');
export type HarmImportView = z.infer<typeof HarmImportView>;

export const RiskFileView = z
  .object({
    product: RecordSummary,
    plan: RecordSummary.nullable(),
    signatures: z.array(
      z.object({
        revision: z.number().int(),
        signer: z.string(),
        meaning: z.string(),
        at: z.iso.datetime(),
      }),
    ),
    inForce: PlanRef,
    policy: Policy,
    roles: z.array(
      z.object({
        role: z.string(),
        duty: z.string(),
        training: z.string(),
        independence: z.string(),
        holders: z.array(
          z.object({
            person: PersonRef.nullable(),
            key: z.string(),
            training: z.string(),
            independence: z.string(),
            independentEnough: z.boolean(),
          }),
        ),
      }),
    ),
    safetyFile: z.object({
      harms: z.number().int(),
      gone: z.number().int(),
      last: z
        .object({
          fileName: z.string(),
          format: z.string(),
          at: z.iso.datetime(),
          by: PersonRef.nullable(),
          sha256: z.string(),
        })
        .nullable(),
    }),
    counts: z.record(z.string(), Counts),
    model: RecordSummary.nullable(),
    releases: z.array(RecordSummary),
    statement: StatementView,
    suspect: z.number().int(),
    due: z.array(z.object({ record: RecordSummary, on: z.string(), what: z.string() })),
    missing: z.array(z.object({ what: z.string(), remedy: z.string(), to: z.string() })),
  })
  .openapi('RiskManagementFile');
export type RiskFileView = z.infer<typeof RiskFileView>;
