// Routes of a model's questions and threats: what is open, answers, results, the difference since somebody accepted them.
import { createRoute, z } from '@hono/zod-openapi';
import { sql } from 'kysely';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { holdsRole, readableProducts } from '../../kernel/people/roles.ts';
import { systemModel } from '../system/index.ts';
import { acceptDifference } from './accept-difference.ts';
import { answerModel } from './answer-model.ts';
import { refuseThreats } from './errors.ts';
import { confirmDecision } from './follow-decisions.ts';
import { threat } from './model.ts';
import { questionsOf } from './open-questions.ts';
import { changeWords, comparePremises, originWords, pairId, premisesOf } from './premises.ts';
import { readModel } from './read-model.ts';
import {
  applyRules,
  changeRows,
  type Judged,
  judge,
  previewPacks,
  type Ruled,
  threatRows,
} from './read-threats.ts';
import { rulesApi } from './rules-api.ts';
import * as views from './views.ts';
import './tables.ts';

const tags = ['threats'];
const read = access({ who: 'member', scope: 'read' });
const answerers = access({ who: 'roles', roles: systemModel.rights.edit, scope: 'records:write' });
const accepters = access({ who: 'roles', roles: threat.rights.edit, scope: 'records:write' });
const Key = z.object({ key: z.string().min(1).max(60) });

export function threatsApi(kernel: Kernel) {
  const { db, people } = kernel;
  const judged = async (principal: Principal, key: string) => judge(db, await readModel(db, principal, key));
  const nameOf = async (id: string | null) =>
    id === null ? 'Ward' : ((await people.find([id])).get(id)?.name ?? '');

  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/threat-runs',
        tags,
        ...read,
        responses: answers(
          z.object({ items: z.array(views.RunView) }),
          'Every model with the figures of its last run',
        ),
      }),
      async (c) => c.json({ items: await readRuns(db, c.get('principal')!) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/system-models/{key}/questions',
        tags,
        ...read,
        request: { params: Key },
        responses: answers(views.Questions, 'Questions of the rules in use, open ones first'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const found = await applyRules(db, await readModel(db, principal, c.req.valid('param').key));
        const view = questionsOf(found.model, found.pack, found.evaluation, found.places);
        return c.json({ model: headOf(principal, found), ...mutable(view) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/system-models/{key}/answers',
        tags,
        ...answerers,
        request: { params: Key, body: jsonBody(views.AnswersBody) },
        responses: answers(
          views.AnswersOutcome,
          'The revision that holds the answers, and what others answered meanwhile',
        ),
      }),
      async (c) => {
        const { seenRevision, changes, reason } = c.req.valid('json');
        const { revision, changed, conflicts } = await answerModel(kernel, c.get('principal')!, {
          model: c.req.valid('param').key,
          seenRevision,
          changes,
          reason: reason ?? null,
        });
        const listed = conflicts.map(({ target, key, theirs, yours }) => ({ target, key, theirs, yours }));
        return c.json({ revision, set: [...changed], conflicts: listed }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/system-models/{key}/threats',
        tags,
        ...read,
        request: { params: Key },
        responses: answers(views.Threats, 'Results of the rules joined with the threats that people keep'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const found = await judged(principal, c.req.valid('param').key);
        const items = await threatRows(db, found);
        const { counts, problems } = found.evaluation;
        return c.json(
          {
            model: headOf(principal, found),
            items: mutable(items),
            counts: {
              raised: counts.raised,
              raisedAfterMerge: counts.raisedAfterMerge,
              open: counts.open,
              answered: counts.answered,
              notApplicable: counts['not-applicable'],
              stale: items.filter((item) => (item.threat?.stale.length ?? 0) > 0).length,
            },
            difference: { ...found.difference.counts },
            problems: mutable(problems),
            functions: found.model.safetyFunctions.map(({ id, title }) => ({ id, title })),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/system-models/{key}/threats/detail',
        tags,
        ...read,
        request: {
          params: Key,
          query: z.object({ rule: z.string().min(1).max(80), target: z.string().min(1).max(80) }),
        },
        responses: answers(views.ThreatDetail, 'Why it is raised, and what would answer it'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const found = await judged(principal, c.req.valid('param').key);
        const { rule, target } = c.req.valid('query');
        return c.json(await detailOf(principal, found, rule, target), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/system-models/{key}/threats/difference',
        tags,
        ...read,
        request: { params: Key },
        responses: answers(views.DifferenceView, 'What changed since a person last accepted the results'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const found = await judged(principal, c.req.valid('param').key);
        const last = found.baseline.reduce<(typeof found.baseline)[number] | null>(
          (latest, one) => (latest === null || one.acceptedAt > latest.acceptedAt ? one : latest),
          null,
        );
        return c.json(
          {
            model: headOf(principal, found),
            counts: { ...found.difference.counts },
            items: mutable(changeRows(found)),
            acceptedAt: last?.acceptedAt.toISOString() ?? null,
            acceptedBy: last === null ? null : await nameOf(last.acceptedBy),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/system-models/{key}/threats/accept',
        tags,
        ...accepters,
        request: { params: Key, body: jsonBody(views.AcceptBody) },
        responses: answers(views.AcceptedView, 'Threats that were recorded, raised again, or are gone'),
      }),
      async (c) => {
        const { revision, rules, items } = c.req.valid('json');
        const outcome = await acceptDifference(kernel, c.get('principal')!, {
          model: c.req.valid('param').key,
          revision,
          print: rules,
          items: items ?? null,
        });
        return c.json(mutable(outcome), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/system-models/{key}/threats/preview',
        tags,
        ...read,
        request: {
          params: Key,
          query: z.object({
            packs: z
              .string()
              .max(2_000)
              .openapi({ description: 'Ids of the packs that would be in use, by commas' }),
          }),
        },
        responses: answers(views.PackPreview, 'What other rule packs would change; nothing is stored'),
      }),
      async (c) => {
        const found = await readModel(db, c.get('principal')!, c.req.valid('param').key);
        const ids = c.req.valid('query').packs.split(',').filter(Boolean);
        const { changes, before, after } = await previewPacks(db, found, ids);
        const counts = { new: 0, gone: 0, changed: 0 };
        for (const { change } of changes) counts[change] += 1;
        const figures = ({ raised, open, answered }: typeof before.evaluation.counts) => ({
          raised,
          open,
          answered,
        });
        return c.json(
          {
            items: mutable(changes),
            counts,
            before: figures(before.evaluation.counts),
            after: figures(after.evaluation.counts),
            problems: mutable(after.evaluation.problems),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/threats/{key}/confirm',
        tags,
        ...access({ who: 'roles', roles: ['security-lead'], scope: 'records:write' }),
        request: {
          params: Key,
          body: jsonBody(
            z.object({ revision: z.number().int().min(1), reason: z.string().trim().min(1).max(2_000) }),
          ),
        },
        responses: answers(z.object({ confirmed: z.string() }), 'The decision holds on what it rests on now'),
      }),
      async (c) => {
        const { key } = c.req.valid('param');
        await confirmDecision(kernel, c.get('principal')!, key, c.req.valid('json'));
        return c.json({ confirmed: key }, 200);
      },
    )
    .route('/', rulesApi(kernel));

  async function detailOf(
    principal: Principal,
    found: Judged,
    ruleId: string,
    target: string,
  ): Promise<views.ThreatDetail> {
    const { pack, places, results, record, model } = found;
    const result = results.get(pairId(ruleId, target));
    const rule = pack.rules.find(({ id }) => id === ruleId);
    const [row] = await threatRows(db, found, { rule: ruleId, target });
    if (row === undefined)
      throw refuseThreats(
        'threats.not-found',
        `The rule ${ruleId} says nothing of ${target} in ${record.key}.`,
        {
          at: record.key,
        },
      );
    const accepted = found.baseline.find((one) => one.rule === ruleId && one.target === target);
    const answersAt = new Map(
      [model.zones, model.elements, model.interfaces, model.flows, model.safetyFunctions]
        .flat()
        .map(({ id, answers: own }) => [id, own]),
    );
    return {
      model: headOf(principal, found),
      row: mutable(row),
      facts: (result?.facts ?? []).map(({ target: at, fact, value, origin }) => {
        const key = fact.startsWith('answer ') ? fact.slice('answer '.length) : null;
        const answer = key !== null && origin === 'answered' ? answersAt.get(at)?.[key] : undefined;
        return {
          target: at,
          title: places.titleOf(at),
          fact,
          text: key === null ? '' : (pack.questions[key]?.text ?? key),
          value,
          origin:
            answer === undefined || answer.origin === 'person' ? originWords(origin) : `by ${answer.origin}`,
          by: answer?.by ?? '',
          at: answer?.at ?? '',
          evidence: answer?.evidence ?? '',
        };
      }),
      questions: (result?.questions ?? []).map(({ target: at, key }) => ({
        target: at,
        title: places.titleOf(at),
        key,
        text: pack.questions[key]?.text ?? key,
      })),
      when: rule?.when ?? '',
      unless: rule?.unless ?? '',
      requirements: [...(rule?.requirements ?? [])],
      references: mutable(rule?.references ?? { cwe: [], capec: [], attackIcs: [], emb3d: [] }),
      functions: row.functions.map((id) => ({ id, title: places.titleOf(id), harms: places.harmsOf(id) })),
      accepted:
        accepted === undefined
          ? null
          : {
              state: accepted.state,
              at: accepted.acceptedAt.toISOString(),
              by: await nameOf(accepted.acceptedBy),
            },
      changes:
        accepted === undefined || result === undefined
          ? []
          : comparePremises(accepted, premisesOf(result)).map((change) =>
              changeWords(change, places.titleOf),
            ),
    };
  }
}

export type ThreatsApi = ReturnType<typeof threatsApi>;

function headOf(principal: Principal, { record, print, packs }: Ruled): views.ModelHead {
  const { id, key, title, revision, state, productId } = record;
  return {
    id,
    key,
    title,
    revision,
    state,
    productId,
    rules: print,
    ruleEditions: packs.map(({ pack }) => `${pack.title} ${pack.version}`).join(', '),
    mayAnswer: holdsRole(principal, systemModel.rights.edit, productId),
    mayAccept: holdsRole(principal, threat.rights.edit, productId),
  };
}

async function readRuns(db: Kernel['db'], principal: Principal): Promise<views.RunView[]> {
  const products = readableProducts(principal);
  const mine = products === 'all' ? sql`true` : sql`r.product_id = any(${[...products]}::uuid[])`;
  const { rows } = await sql<Omit<views.RunView, 'at'> & { at: Date | null }>`
    select r.key as model, r.title, r.product_id as "productId", r.revision, coalesce(t.raised, 0) as raised,
      coalesce(t.open, 0) as open, coalesce(t.answered, 0) as answered, coalesce(t.fresh, 0) as fresh,
      coalesce(t.gone, 0) as gone, coalesce(t.changed, 0) as changed, coalesce(t.stale, 0) as stale, t.at
    from record r left join threat_run t on t.model_id = r.id where r.kind = 'system-model' and ${mine}
    order by r.number desc limit 500`.execute(db);
  return rows.map((row) => ({ ...row, at: row.at?.toISOString() ?? null }));
}

type Mutable<T> = T extends (infer One)[] | readonly (infer One)[]
  ? Mutable<One>[]
  : T extends object
    ? { -readonly [Name in keyof T]: Mutable<T[Name]> }
    : T;

/** The router's types want what they may write into; nothing is copied. */
function mutable<T>(value: T): Mutable<T> {
  return value as Mutable<T>;
}
