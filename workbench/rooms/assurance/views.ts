// What the room's routes answer with: one source for server, pages and command.
import { z } from '@hono/zod-openapi';

const Text = z.string();
const Fact = z.object({ target: Text, fact: Text, value: Text, origin: Text });

export const StepView = z.object({
  via: Text.openapi({ description: 'Flow or interface that is crossed, or the element in which it begins' }),
  from: Text,
  to: Text,
  state: z.enum(['open', 'assumed', 'guarded']),
  threat: z.object({ rule: Text, target: Text }).nullable(),
  facts: z.array(Fact),
  questions: z.array(z.object({ target: Text, key: Text })),
  controls: z.array(Text),
  resistance: z.number(),
});
export type StepView = z.infer<typeof StepView>;

export const PathView = z.object({
  attacker: Text,
  target: Text,
  steps: z.array(StepView),
  resistance: z.number(),
  counted: z.array(Text),
  claimed: z.array(Text),
});
export type PathView = z.infer<typeof PathView>;

export const DepthView = z.object({
  target: Text,
  targetKind: z.enum(['safety function', 'asset']),
  attacker: Text.nullable().openapi({ description: 'Null: all attackers of the model together' }),
  reachable: z.boolean(),
  counted: z.number().int().nullable(),
  claimed: z.number().int().nullable(),
  exact: z.boolean().openapi({ description: 'False: the numbers are the least that is certain' }),
  enough: z.number().int(),
  severity: z.number().int(),
  easiest: z.number().nullable().openapi({ description: 'Resistance of the easiest path' }),
  paths: z.array(PathView).openapi({ description: 'Of the target that was asked for; else empty' }),
  morePaths: z.boolean(),
  single: z.array(Text),
  cut: z.array(Text),
});
export type DepthView = z.infer<typeof DepthView>;

export const ControlView = z.object({
  id: Text,
  title: Text,
  places: z.array(Text),
  claimed: z.boolean(),
  counted: z.boolean(),
  why: Text,
  falls: z.array(z.object({ assessment: Text, component: Text })),
});
export type ControlView = z.infer<typeof ControlView>;

const Ref = z.object({ id: z.uuid(), key: Text, title: Text });

export const AssuranceView = z
  .object({
    release: Ref,
    /** Null: the product has no system model yet, and nothing else is known. */
    model: Ref.extend({ revision: z.number().int(), linked: z.boolean() }).nullable(),
    policy: z.object({ plan: Text.nullable(), enough: z.array(z.number().int()).length(5) }),
    attackers: z.array(z.object({ id: Text, title: Text })),
    targets: z.array(z.object({ id: Text, title: Text, harms: z.array(Text) })),
    depths: z.array(DepthView),
    controls: z.array(ControlView),
    /** Titles of what the steps and the cuts name: elements, flows, interfaces, zones; and of rules. */
    names: z.record(Text, Text),
    /** Which of the names are interfaces. */
    interfaces: z.array(Text),
    rules: z.record(Text, Text),
    questions: z.record(Text, Text),
    notes: z.array(Text),
  })
  .openapi('DefenceInDepth');
export type AssuranceView = z.infer<typeof AssuranceView>;

export const WhatIfView = z.object({ before: AssuranceView, after: AssuranceView }).openapi('DefenceWhatIf');
export type WhatIfView = z.infer<typeof WhatIfView>;

const Id = z.string().min(1).max(120);
export const WhatIfRequest = z
  .object({
    target: Id.optional().openapi({ description: 'Whose paths are wanted' }),
    controls: z.record(Id, z.enum(['counted', 'claimed', 'off'])).default({}),
    extra: z
      .array(z.object({ title: z.string().trim().min(1).max(300), places: z.array(Id).max(200) }))
      .max(50)
      .default([]),
    cut: z.array(Id).max(500).default([]),
    close: z.array(Id).max(500).default([]),
    patched: z.array(z.string().min(1).max(300)).max(500).default([]),
    answers: z
      .array(
        z.object({ target: Id, key: z.string().min(1).max(80), value: z.enum(['yes', 'no']).nullable() }),
      )
      .max(500)
      .default([]),
    model: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'The model as it stands on the screen, not saved' }),
  })
  .refine((given) => Object.keys(given.controls).length <= 500, 'at most 500 controls');
export type WhatIfRequest = z.input<typeof WhatIfRequest>;

const Named = z.object({ key: z.string(), title: z.string(), state: z.string() });

export const ReachView = z
  .object({
    /** Null where the product has no system model: nothing is known of what it reaches. */
    model: z.string().nullable(),
    release: z.object({ key: z.string(), title: z.string() }),
    vulnerability: z.string(),
    components: z.array(
      z.object({ name: z.string(), version: z.string().nullable(), elements: z.array(z.string()) }),
    ),
    elements: z.array(z.object({ id: z.string(), title: z.string() })),
    results: z.array(
      z.object({
        rule: z.string(),
        title: z.string(),
        target: z.string(),
        targetTitle: z.string(),
        state: z.enum(['raised', 'open']),
      }),
    ),
    threats: z.array(Named),
    functions: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        severity: z.number().int(),
        counted: z.number().int().nullable(),
        ways: z.number().int(),
        way: z.array(z.string()),
      }),
    ),
    harms: z.array(Named.extend({ severity: z.string() })),
    risks: z.array(Named),
    documents: z.array(Named),
  })
  .openapi('VulnerabilityReach');
export type ReachView = z.infer<typeof ReachView>;
