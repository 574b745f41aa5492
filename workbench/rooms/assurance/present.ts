// An assurance as the routes answer with it: paths of one target only, titles of what is named. Pure.
import type { RulePack } from '../threats/index.ts';
import type { AttackPath } from './contract.ts';
import type { Assured, ReleaseFacts } from './read-assurance.ts';
import type { AssuranceView, PathView } from './views.ts';

export function presentAssurance(
  facts: ReleaseFacts,
  assured: Assured,
  wanted: string | null,
): AssuranceView {
  const { model, controls, assurance } = assured;
  const used = new Set<string>();
  const rules = new Set<string>();
  const questions = new Set<string>();
  const depths = assurance.depths.map((depth) => {
    const paths = depth.target === wanted ? depth.paths : [];
    for (const path of paths) note(path, used, rules, questions);
    for (const id of depth.cut) used.add(id);
    return {
      ...depth,
      single: [...depth.single],
      cut: [...depth.cut],
      easiest: depth.paths[0]?.resistance ?? null,
      paths: paths.map(presentPath),
    };
  });
  for (const control of controls) for (const place of control.places) used.add(place);
  return {
    release: refOf(facts.release),
    model: { ...refOf(facts.record), revision: facts.record.revision, linked: facts.linked },
    policy: { plan: facts.policy.plan?.key ?? null, enough: [...facts.policy.policy.enough] },
    attackers: model.attackers.map(({ id, title }) => ({ id, title })),
    targets: [
      ...model.safetyFunctions.map(({ id, title, harms }) => ({ id, title, harms: [...harms] })),
      ...model.assets.map(({ id, title }) => ({ id, title, harms: [] })),
    ],
    depths,
    controls: controls.map((control) => ({
      ...control,
      places: [...control.places],
      falls: control.falls.map((fall) => ({ ...fall })),
    })),
    names: titlesOf(assured, used),
    interfaces: model.interfaces.flatMap(({ id }) => (used.has(id) ? id : [])),
    rules: ruleTitles(facts.pack, rules),
    questions: Object.fromEntries([...questions].map((key) => [key, facts.pack.questions[key]?.text ?? key])),
    notes: [...assurance.notes],
  };
}

/** Where there is no model yet: what the page says instead of an empty table. */
export function presentNothing(
  release: ReleaseFacts['release'],
  policy: ReleaseFacts['policy'],
): AssuranceView {
  return {
    release: refOf(release),
    model: null,
    policy: { plan: policy.plan?.key ?? null, enough: [...policy.policy.enough] },
    attackers: [],
    targets: [],
    depths: [],
    controls: [],
    names: {},
    interfaces: [],
    rules: {},
    questions: {},
    notes: [],
  };
}

const refOf = ({ id, key, title }: ReleaseFacts['release']) => ({ id, key, title });

function note(path: AttackPath, used: Set<string>, rules: Set<string>, questions: Set<string>): void {
  for (const step of path.steps) {
    for (const id of [step.via, step.from, step.to]) used.add(id);
    for (const fact of step.facts) used.add(fact.target);
    for (const question of step.questions) {
      used.add(question.target);
      questions.add(question.key);
    }
    if (step.threat) rules.add(step.threat.rule);
  }
}

function presentPath(path: AttackPath): PathView {
  return {
    ...path,
    counted: [...path.counted],
    claimed: [...path.claimed],
    steps: path.steps.map((step) => ({
      ...step,
      threat: step.threat && { ...step.threat },
      facts: step.facts.map((fact) => ({ ...fact })),
      questions: step.questions.map((question) => ({ ...question })),
      controls: [...step.controls],
    })),
  };
}

function titlesOf({ model }: Assured, used: ReadonlySet<string>): Record<string, string> {
  const all = [...model.elements, ...model.flows, ...model.interfaces, ...model.zones, ...model.attackers];
  return Object.fromEntries(
    [...all, ...model.safetyFunctions, ...model.assets].flatMap(({ id, title }) =>
      used.has(id) ? [[id, title]] : [],
    ),
  );
}

const ruleTitles = (pack: RulePack, wanted: ReadonlySet<string>) =>
  Object.fromEntries(pack.rules.flatMap(({ id, title }) => (wanted.has(id) ? [[id, title]] : [])));
