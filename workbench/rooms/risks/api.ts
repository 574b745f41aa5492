// Routes of risks: the list with its matrix, one risk with its judgement, proposals, the risk management file.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, answersFile, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { mayEdit, refuseRecord } from '../../kernel/records/decide.ts';
import { personRef, presentSummaries } from '../../kernel/records/present.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { policyInForce } from '../products/index.ts';
import { ProposalView, RiskDetail, RiskFileView, RiskList } from './contract.ts';
import { listRisks, stateResidualRisk } from './list-risks.ts';
import { risk } from './model.ts';
import { comparePremises } from './premises.ts';
import { presentJudgement, presentRisk, presentStatement } from './present-risk.ts';
import { proposeRisk } from './propose-risk.ts';
import { readRiskNow } from './read-risk.ts';
import { readRiskFile } from './risk-file.ts';
import { risksWorkbook } from './risks-workbook.ts';
import { harmsApi } from './safety-file/api.ts';
import { judgementHistory, openFlags } from './store-judgement.ts';

const tags = ['risks'];
const read = access({ who: 'member', scope: 'read' });
const Product = z.object({ product: z.string().min(1).max(60) });
const Key = z.object({ key: z.string().min(1).max(60) });

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function risksApi(kernel: Kernel) {
  const { db, people, records } = kernel;
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/risks',
        tags,
        ...read,
        request: { query: Product },
        responses: answers(
          RiskList,
          'Risks of a product, safety first, with the statement of the residual risk',
        ),
      }),
      async (c) => {
        const product = await productOf(kernel, c.get('principal')!, c.req.valid('query').product);
        const [risks, inForce] = await Promise.all([
          listRisks(db, product.id),
          policyInForce(db, product.id),
        ]);
        return c.json(
          {
            items: risks.map(presentRisk),
            statement: presentStatement(stateResidualRisk(risks)),
            policy: { ...inForce.policy },
            plan: inForce.plan,
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/risks/export',
        tags,
        ...read,
        request: { query: Product },
        responses: answersFile(XLSX, 'The risks as a workbook'),
      }),
      async (c) => {
        const product = await productOf(kernel, c.get('principal')!, c.req.valid('query').product);
        const [risks, inForce] = await Promise.all([
          listRisks(db, product.id),
          policyInForce(db, product.id),
        ]);
        const bytes = await risksWorkbook(product, risks, inForce.policy);
        return new Response(new Uint8Array(bytes), {
          headers: {
            'content-type': XLSX,
            'content-disposition': `attachment; filename="risks-${product.key}.xlsx"`,
          },
        }) as never;
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/risks/proposal',
        tags,
        ...read,
        request: {
          query: z.object({
            from: z
              .string()
              .min(1)
              .max(2_000)
              .transform((text) => text.split(',').filter((key) => key !== ''))
              .pipe(z.array(z.string().max(60)).min(1).max(50))
              .openapi({
                type: 'string',
                maxLength: 2_000,
                description: 'Keys of threats and findings, by commas',
              }),
          }),
        },
        responses: answers(
          ProposalView,
          'A risk from these threats and findings, with harms and controls proposed',
        ),
      }),
      async (c) => {
        const proposal = await proposeRisk(kernel, c.get('principal')!, c.req.valid('query').from);
        return c.json(
          {
            ...proposal,
            links: proposal.links.map(({ type, to }) => ({ type, to: to.key, title: to.title })),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/risks/{key}',
        tags,
        ...read,
        request: { params: Key },
        responses: answers(RiskDetail, 'A risk with its answers, what it rests on, and its levels'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const record = await readRecord(db, principal, c.req.valid('param').key);
        if (record.kind !== 'risk')
          throw refuseRecord('record.not-found', `${record.key} is not a risk.`, { at: record.key });
        const now = await readRiskNow(db, record);
        const [history, flags] = await Promise.all([
          judgementHistory(db, record.id),
          openFlags(db, [record.id]),
        ]);
        const last = history.at(-1);
        const names = await people.find([...new Set(history.flatMap(({ byId }) => byId ?? []))]);
        const { premises } = now;
        return c.json(
          {
            key: record.key,
            revision: record.revision,
            state: record.state,
            body: now.input.body as unknown as Record<string, unknown>,
            mayEdit: mayEdit(risk, record, principal),
            policy: { ...now.input.policy },
            plan: premises.plan,
            kev: now.input.kev,
            harms: premises.harms.map(({ key, title, state, severity }) => ({
              key,
              title,
              state,
              severity,
              gone: state === 'gone',
            })),
            controls: premises.controls.map(({ key, title, state }) => ({ key, title, state })),
            threats: premises.threats.map(({ key, title, state }) => ({ key, title, state })),
            findings: premises.findings.map(({ key, title, state, kev }) => ({ key, title, state, kev })),
            exposures: premises.exposures.map((exposure) => ({ ...exposure })),
            judged: last ? presentJudgement(last.judgement) : null,
            judgedAt: last?.at.toISOString() ?? null,
            now: presentJudgement(now.judgement),
            premisesHash: last?.hash ?? null,
            moved: last ? comparePremises(last.premises, premises).map(({ reason }) => reason) : [],
            flags: (flags.get(record.id) ?? []).map(({ at, reason }) => ({ at: at.toISOString(), reason })),
            history: history.map(({ at, revision, act, byId, judgement: { safety } }) => ({
              at: at.toISOString(),
              revision,
              act,
              by: personRef(names, byId),
              before: safety.before.zone,
              after: safety.after.zone,
              severity: safety.after.severity,
              exploitabilityBefore: safety.before.exploitability.level,
              exploitabilityAfter: safety.after.exploitability.level,
            })),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/risk-file',
        tags,
        ...read,
        request: { query: Product },
        responses: answers(
          RiskFileView,
          'The risk management file of a product: what is there and what is missing',
        ),
      }),
      async (c) => {
        const product = await productOf(kernel, c.get('principal')!, c.req.valid('query').product);
        const file = await readRiskFile(kernel, product);
        const shown = [
          product,
          file.plan,
          file.model,
          ...file.releases,
          ...file.due.map(({ record }) => record),
        ];
        const summaries = new Map(
          (await presentSummaries(records, [...new Set(shown.filter((one) => one !== null))])).map((one) => [
            one.id,
            one,
          ]),
        );
        const show = (record: WardRecord) => summaries.get(record.id)!;
        const ids = [
          ...file.roles.flatMap(({ holders }) => holders.map((holder) => holder.personId)),
          ...(file.safetyFile.last?.byId ? [file.safetyFile.last.byId] : []),
        ];
        const names = await people.find([...new Set(ids)]);
        const { last } = file.safetyFile;
        return c.json(
          {
            product: show(product),
            plan: file.plan && show(file.plan),
            signatures: file.signatures.map(({ at, ...signature }) => ({
              ...signature,
              at: at.toISOString(),
            })),
            inForce: file.inForce.plan,
            policy: { ...file.inForce.policy },
            roles: file.roles.map(({ holders, ...role }) => ({
              ...role,
              holders: holders.map(({ personId, ...holder }) => ({
                ...holder,
                person: personRef(names, personId),
              })),
            })),
            safetyFile: {
              harms: file.safetyFile.harms,
              gone: file.safetyFile.gone,
              last: last && {
                fileName: last.fileName,
                format: last.format,
                at: last.at.toISOString(),
                by: personRef(names, last.byId),
                sha256: last.sha256,
              },
            },
            counts: Object.fromEntries(
              Object.entries(file.counts).map(([kind, counts]) => [kind, { ...counts }]),
            ),
            model: file.model && show(file.model),
            releases: file.releases.map(show),
            statement: presentStatement(file.statement),
            suspect: file.suspect,
            due: file.due.map(({ record, on, what }) => ({ record: show(record), on, what })),
            missing: file.missing.map((one) => ({ ...one })),
          },
          200,
        );
      },
    )
    .route('/', harmsApi(kernel));
}

export type RisksApi = ReturnType<typeof risksApi>;

async function productOf(kernel: Kernel, principal: Principal, asked: string): Promise<WardRecord> {
  const product = await readRecord(kernel.db, principal, asked);
  if (product.kind === 'product') return product;
  throw refuseRecord('record.not-found', `${product.key} is not a product.`, { at: product.key });
}
