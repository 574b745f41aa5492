// Routes of the fleet: units with what they run and their audit trail, and how far a campaign is.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, answersDocuments, jsonBody, newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseRecord, requireRole } from '../../kernel/records/decide.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { requireTheProduct } from '../requirements/index.ts';
import { trailApi } from './audit/api.ts';
import { auditBundle, readAuditLines } from './audit/read-audit.ts';
import { readCampaign } from './campaigns/read-campaign.ts';
import { tryAgain } from './campaigns/try-again.ts';
import {
  AuditLineView,
  CampaignView,
  Clinic,
  Serial,
  SerialParameter,
  UnitDetail,
  UnitList,
} from './contract.ts';
import { emergenciesApi } from './emergencies/api.ts';
import { enrolmentApi } from './enrolment/api.ts';
import { CAMPAIGN_ROLES, FLEET_ROLES } from './fleet-roles.ts';
import { presentUnit } from './present-unit.ts';
import { readUnitDetail } from './read-unit.ts';
import { repositoryApi } from './repository/api.ts';
import { readFill } from './revocations.ts';
import { serviceApi } from './service/api.ts';
import { takenBackApi } from './taken-back/api.ts';
import { countUnits, listUnits, readUnit, registerUnits } from './units.ts';

const tags = ['fleet'];
const read = access({ who: 'member', scope: 'read' });
export const fleetWrite = access({ who: 'roles', roles: FLEET_ROLES, scope: 'records:write' });
const count = z.number().int();
const FHIR = 'application/fhir+json';

async function requireCampaign({ db }: Kernel, principal: Principal, key: string): Promise<WardRecord> {
  const campaign = await readRecord(db, principal, key);
  if (campaign.kind === 'campaign') return campaign;
  throw refuseRecord('record.not-found', `${campaign.key} is not a campaign.`, { at: campaign.key });
}

export function fleetApi(kernel: Kernel) {
  const { db } = kernel;
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/units',
        tags,
        ...read,
        request: {
          query: z.object({
            product: z.string().min(1).max(60),
            text: z.string().max(100).optional(),
            state: z.enum(['expected', 'enrolled', 'revoked', 'retired']).optional(),
            release: z.string().max(60).optional(),
            attention: z.enum(['yes']).optional(),
            after: z.string().max(60).optional(),
            limit: z
              .string()
              .regex(/^\d{1,3}$/)
              .transform(Number)
              .pipe(z.number().int().min(1).max(500))
              .optional()
              .openapi({ type: 'integer', minimum: 1, maximum: 500, default: 100 }),
          }),
        },
        responses: answers(
          UnitList,
          'Units of a product, with what they run and what is known of their audit trail',
        ),
      }),
      async (c) => {
        const { product: wanted, after, limit = 100, attention, ...filter } = c.req.valid('query');
        const product = await requireTheProduct(db, c.get('principal')!, wanted);
        const [units, counts, authority, fill] = await Promise.all([
          listUnits(
            kernel,
            product.id,
            { ...filter, attention: attention === 'yes' },
            after ?? null,
            limit + 1,
          ),
          countUnits(kernel, product.id),
          db.selectFrom('fleet_authority').select('created_at').executeTakeFirst(),
          readFill(kernel),
        ]);
        const page = units.slice(0, limit);
        const answer = {
          items: page.map((unit) => presentUnit(unit, kernel.now())),
          next: units.length > limit ? (page.at(-1)?.serial ?? null) : null,
          counts: { ...counts, releases: [...counts.releases] },
          authority: authority !== undefined,
          takenBackNearlyFull: fill.nearlyFull,
        };
        return c.json(answer, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/units',
        tags,
        ...fleetWrite,
        request: {
          body: jsonBody(
            z.object({
              product: z.string().min(1).max(60),
              units: z
                .array(
                  z.object({
                    serial: Serial,
                    hardwareId: z
                      .string()
                      .regex(/^[A-Za-z0-9._-]{1,60}$/)
                      .openapi({ example: 'lumen-400-rev2' }),
                    site: z.string().trim().max(200).default(''),
                    clinic: Clinic.default(''),
                  }),
                )
                .min(1)
                .max(1_000),
            }),
          ),
        },
        responses: answers(z.object({ registered: count }), 'How many units are expected now'),
      }),
      async (c) => {
        const { product: wanted, units } = c.req.valid('json');
        const principal = c.get('principal')!;
        const product = await requireTheProduct(db, principal, wanted);
        requireRole(principal, FLEET_ROLES, product.id, 'register units');
        const ids = await registerUnits(kernel, principal, product, units);
        return c.json({ registered: ids.length }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/units/{serial}',
        tags,
        ...read,
        request: { params: SerialParameter },
        responses: answers(UnitDetail, 'One unit: what it runs, its campaigns, its service sessions'),
      }),
      async (c) =>
        c.json(await readUnitDetail(kernel, c.get('principal')!, c.req.valid('param').serial), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/units/{serial}/audit',
        tags,
        ...read,
        request: {
          params: SerialParameter,
          query: z.object({
            before: z
              .string()
              .regex(/^(\d{1,6}-)?\d{1,15}$/)
              .optional()
              .openapi({
                description: 'Part of the trail and line in it; the part alone missing means the first',
              }),
            outcome: z.enum(['done', 'refused', 'failed']).optional(),
          }),
        },
        responses: answers(
          z.object({ items: z.array(AuditLineView), next: z.string().nullable() }),
          'Verified lines of the audit log of a unit, newest first',
        ),
      }),
      async (c) => {
        const unit = await readUnit(kernel, c.get('principal')!, c.req.valid('param').serial);
        const { before, outcome } = c.req.valid('query');
        return c.json(await readAuditLines(db, unit.id, placeOf(before), outcome), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/units/{serial}/audit/fhir',
        tags,
        ...read,
        request: { params: SerialParameter },
        responses: answersDocuments(
          [FHIR],
          'The newest 10,000 verified lines as a Bundle of AuditEvent (FHIR R4)',
        ),
      }),
      async (c) => {
        const unit = await readUnit(kernel, c.get('principal')!, c.req.valid('param').serial);
        c.header('content-disposition', `attachment; filename="audit-${unit.serial}.fhir.json"`);
        return c.json(await auditBundle(db, unit), 200, { 'content-type': FHIR });
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/campaigns/{key}',
        tags,
        ...read,
        request: { params: z.object({ key: z.string().min(1).max(60) }) },
        responses: answers(CampaignView, 'How far a campaign is'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const campaign = await requireCampaign(kernel, principal, c.req.valid('param').key);
        return c.json(await readCampaign(kernel, principal, campaign), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/campaigns/{key}/units/{serial}/try-again',
        tags,
        ...access({ who: 'member', scope: 'records:write', sessionOnly: true }),
        request: {
          params: SerialParameter.extend({ key: z.string().min(1).max(60) }),
          body: jsonBody(z.object({ why: z.string().trim().min(1).max(2_000) })),
        },
        responses: answers(
          z.object({ attempt: count }),
          'The unit is offered again what failed on it, as this attempt',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const { key, serial } = c.req.valid('param');
        const campaign = await requireCampaign(kernel, principal, key);
        requireRole(principal, CAMPAIGN_ROLES, campaign.productId, 'have units try again');
        const { why } = c.req.valid('json');
        return c.json({ attempt: await tryAgain(kernel, principal, campaign, { serial, why }) }, 200);
      },
    )
    .route('/', enrolmentApi(kernel))
    .route('/', repositoryApi(kernel))
    .route('/', serviceApi(kernel))
    .route('/', takenBackApi(kernel))
    .route('/', emergenciesApi(kernel))
    .route('/', trailApi(kernel));
}

function placeOf(text: string | undefined) {
  if (text === undefined) return null;
  const numbers = text.split('-').map(Number);
  return { part: numbers.length > 1 ? (numbers[0] ?? 0) : 0, sequence: numbers.at(-1) ?? 0 };
}

export type FleetApi = ReturnType<typeof fleetApi>;
