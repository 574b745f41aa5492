// Routes of rule packs: shipped ones and those of the house, import and export, and which of them a product uses.
import { createRoute, z } from '@hono/zod-openapi';
import { readBody } from '../../kernel/http/read-body.ts';
import { access, answers, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { canReadProduct, holdsRole } from '../../kernel/people/roles.ts';
import { refuseRecord } from '../../kernel/records/decide.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { choosePacks } from './choose-packs.ts';
import { refuseThreats } from './errors.ts';
import { PACK_FORMAT } from './evaluate/rule-pack.ts';
import { importPack, MAX_PACK_BYTES } from './import-pack.ts';
import { rulePack } from './model.ts';
import { testsOf } from './pack-tests.ts';
import { allPacks, type KnownPack, packsOf } from './packs.ts';
import { testedPack } from './run-examples.ts';
import * as views from './views.ts';

const tags = ['rules'];
const read = access({ who: 'member', scope: 'read' });
const editors = access({ who: 'roles', roles: rulePack.rights.edit, scope: 'records:write' });
const PackParam = z.object({ pack: z.string().min(1).max(60) });
const Key = z.object({ key: z.string().min(1).max(60) });

export function rulesApi(kernel: Kernel) {
  const { db } = kernel;
  /** Packs of the house are for its members, as every record that belongs to no product. */
  const readable = async (principal: Principal) =>
    (await allPacks(db)).filter(({ record }) => record === null || canReadProduct(principal, null));
  const onePack = async (principal: Principal, id: string) => {
    const found = (await readable(principal)).find(({ pack }) => pack.id === id);
    if (found) return found;
    throw refuseThreats('rules.no-pack', `There is no rule pack ${id.slice(0, 60)}.`, {
      at: id.slice(0, 60),
    });
  };
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/rule-packs',
        tags,
        ...read,
        responses: answers(z.object({ items: z.array(views.PackSummary) }), 'Rule packs of the house'),
      }),
      async (c) =>
        c.json({ items: await Promise.all((await readable(c.get('principal')!)).map(summaryOf)) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/rule-packs/upload',
        tags,
        ...editors,
        request: {
          query: z.object({ name: z.string().min(1).max(300) }),
          body: {
            content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
            required: true,
          },
        },
        responses: answers(views.ImportOutcome, 'The pack as a record, and what of the file it cannot say'),
      }),
      async (c) => {
        const bytes = await readBody(c.req.raw, MAX_PACK_BYTES, () =>
          refuseThreats('rules.too-large', `A rule pack may have ${MAX_PACK_BYTES / 1024 / 1024} MiB.`),
        );
        const outcome = await importPack(kernel, c.get('principal')!, c.req.valid('query').name, bytes);
        return c.json({ ...outcome, lost: [...outcome.lost] }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/rule-packs/{pack}',
        tags,
        ...read,
        request: { params: PackParam },
        responses: answers(views.PackDetail, 'Rules, questions and tests of the pack'),
      }),
      async (c) => {
        const known = await onePack(c.get('principal')!, c.req.valid('param').pack);
        const tests = new Map((await testsOf(known)).map((one) => [one.rule, one]));
        const rules = known.pack.rules.map(({ references, stride, requirements, supersedes, ...rule }) => {
          const own = tests.get(rule.id);
          return {
            ...rule,
            stride: [...stride],
            requirements: [...requirements],
            references: copied(references),
            ...(supersedes === undefined ? {} : { supersedes: [...supersedes] }),
            tested: own?.tested ?? ('untested' as const),
            failures: [...(own?.failures ?? [])],
          };
        });
        return c.json(
          {
            summary: await summaryOf(known),
            revision: known.record?.revision ?? null,
            mayEdit: known.record !== null && holdsRole(c.get('principal')!, rulePack.rights.edit, null),
            rules,
            questions: { ...known.pack.questions },
            protocolFacts: { ...known.pack.protocolFacts },
            examples: [...known.examples],
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/rule-packs/{pack}/export',
        tags,
        ...read,
        request: { params: PackParam },
        responses: answers(
          z.record(z.string(), z.unknown()),
          'The pack as a file that can be imported elsewhere',
        ),
      }),
      async (c) => {
        const known = await onePack(c.get('principal')!, c.req.valid('param').pack);
        const file = {
          format: PACK_FORMAT,
          ...known.pack,
          source: known.source,
          licence: known.licence,
          examples: known.examples,
        };
        return c.json(file as never, 200, {
          'content-disposition': `attachment; filename="${known.pack.id.replace(/[^A-Za-z0-9.-]/g, '-')}.rules.json"`,
        });
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/products/{key}/rule-packs',
        tags,
        ...read,
        request: { params: Key },
        responses: answers(views.ChosenPacks, 'Which packs the product uses'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const product = requireProduct(await readRecord(db, principal, c.req.valid('param').key));
        const items = await Promise.all(
          (await packsOf(db, product.id)).map(async (known) => ({
            ...(await summaryOf(known)),
            inUse: known.inUse,
          })),
        );
        return c.json(
          { product: product.key, mayChoose: holdsRole(principal, rulePack.rights.edit, product.id), items },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/products/{key}/rule-packs',
        tags,
        ...editors,
        request: {
          params: Key,
          body: jsonBody(z.object({ packs: z.array(z.string().min(1).max(60)).max(200) })),
        },
        responses: answers(
          z.object({ inUse: z.array(z.string()) }),
          'The packs that the product uses from now on',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const product = requireProduct(await readRecord(db, principal, c.req.valid('param').key));
        return c.json(
          { inUse: await choosePacks(kernel, principal, product, c.req.valid('json').packs) },
          200,
        );
      },
    );
}

function requireProduct(record: WardRecord): WardRecord {
  if (record.kind === 'product') return record;
  throw refuseRecord('record.not-found', `${record.key} is not a product.`, { at: record.key });
}

async function summaryOf(known: KnownPack): Promise<views.PackSummary> {
  const { pack, origin, source, licence, record } = known;
  const tests = await testsOf(known);
  return {
    pack: pack.id,
    title: pack.title,
    edition: pack.version,
    origin,
    source,
    licence,
    record: record?.key ?? null,
    rules: pack.rules.length,
    questions: Object.keys(pack.questions).length,
    tested: testedPack(tests),
    failing: tests.filter(({ tested }) => tested === 'failing').length,
    covered: tests.filter(({ tested }) => tested === 'tested').length,
    updatedAt: record?.updatedAt.toISOString() ?? null,
  };
}

const copied = ({ cwe, capec, attackIcs, emb3d }: KnownPack['pack']['rules'][number]['references']) => ({
  cwe: [...cwe],
  capec: [...capec],
  attackIcs: [...attackIcs],
  emb3d: [...emb3d],
});
