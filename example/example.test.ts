// The example's data holds to what Ward asks of everybody's: schemas, links, rights, identities, sources.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../workbench/kernel/people/roles.ts';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import { decideCreate, decideTransition } from '../workbench/kernel/records/decide.ts';
import { makeKinds } from '../workbench/kernel/records/kinds.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import type { Advisory } from '../workbench/knowledge/advisory.ts';
import { readAdvisory } from '../workbench/knowledge/importers/read-advisory.ts';
import { readRecords } from '../workbench/knowledge/importers/read-records.ts';
import { assure } from '../workbench/rooms/assurance/assure.ts';
import { readSbom } from '../workbench/rooms/components/sbom/read-sbom.ts';
import { loadRooms } from '../workbench/rooms/load.ts';
import { DEFAULT_POLICY, zoneOf } from '../workbench/rooms/products/policy.ts';
import { judge, severityOf } from '../workbench/rooms/risks/judge.ts';
import { riskBody } from '../workbench/rooms/risks/model.ts';
import { SystemModel } from '../workbench/rooms/system/metamodel.ts';
import { compileRules } from '../workbench/rooms/threats/evaluate/evaluate.ts';
import { shippedPack } from '../workbench/rooms/threats/evaluate/shipped-pack.ts';
import later from './advisories/later/GHSA-h755-8qp9-cq85.json' with { type: 'json' };
import { shippedAdvisories } from './advisories.ts';
import {
  exampleChanges,
  examplePeople,
  exampleRecords,
  exampleSboms,
  PRODUCT_ID,
  productBody,
  sbomBytes,
} from './data.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const kinds = makeKinds((await loadRooms()).flatMap((room) => room.kinds));
const modelBody = SystemModel.parse(exampleRecords.find(({ kind }) => kind === 'system-model')?.body);
const records = new Map(exampleRecords.map((record) => [record.id, record]));
const kindOf = (id: string) => (id === PRODUCT_ID ? 'product' : records.get(id)?.kind);

function author(id: string): Principal {
  if (id === 'ward') return SYSTEM;
  const person = examplePeople.find((known) => known.id === id);
  if (!person) throw new Error(`nobody is named ${id}`);
  const grants = person.roles.map((role) => ({ role, productId: PRODUCT_ID }));
  return { ...SYSTEM, via: 'session', personId: id, name: person.name, grants };
}

describe('the records', () => {
  it('say of the product that it is fictitious', () => {
    expect(productBody).toMatchObject({ name: 'Lumen 400', fictitious: true });
    expect(productBody.description).toMatch(/^Fictitious product/);
  });

  it('fit the schemas, and their authors may write and move them', () => {
    for (const { id, kind: name, by, body, moves = [] } of exampleRecords) {
      const kind = kinds.get(name);
      const productId = kind.scope === 'organisation' ? null : PRODUCT_ID;
      const create = decideCreate(kind, author(by), { id, productId, body, reason: 'example' });
      let record = {
        id,
        key: id,
        kind: name,
        productId,
        body: create.body,
        state: create.state,
      } as WardRecord;
      for (const { transition, by: mover, reason } of moves) {
        const decided = decideTransition(kind, record, author(mover), { transition, reason, authorIds: [] });
        expect(decided.transition.signature !== undefined && mover !== 'ward', `${id} ${transition}`).toBe(
          false,
        );
        record = { ...record, state: decided.transition.to };
      }
    }
  });

  it('link only what their kinds offer, and only to what stands before them', () => {
    const seen = new Set([PRODUCT_ID]);
    for (const { id, kind, links = [] } of exampleRecords) {
      expect(seen.has(id), `${id} twice`).toBe(false);
      for (const { type, to } of links) {
        expect(seen.has(to), `${id} links to ${to}`).toBe(true);
        const offered = kinds.get(kind).links.find((link) => link.type === type);
        expect(offered?.to, `${id} ${type} ${to}`).toContain(kindOf(to));
      }
      seen.add(id);
    }
    for (const { of } of exampleChanges) expect(seen.has(of), of).toBe(true);
  });

  it('give each risk the level that its answers and harms make, and controls that are linked', () => {
    const levels = exampleRecords
      .filter(({ kind }) => kind === 'risk')
      .map(({ id, body, links = [] }) => {
        const far = (type: string) =>
          links.filter((link) => link.type === type).flatMap(({ to }) => records.get(to) ?? []);
        const { safety, privacy, notes } = judge(
          {
            body: riskBody(body),
            harms: far('harms').map((harm) => ({
              key: harm.id,
              title: '',
              severity: severityOf(String(harm.body.severity)) ?? 5,
              gone: false,
            })),
            controls: far('reduced-by').map((control) => ({
              key: `@${control.id}`,
              title: '',
              state: 'verified',
            })),
            kev: false,
            policy: DEFAULT_POLICY,
          },
          zoneOf,
        );
        return [id, safety.before.zone, safety.after.zone, privacy.before.zone, ...notes];
      });

    expect(levels).toEqual([
      ['rsk-command', 'unacceptable', 'reduce', 'acceptable'],
      ['rsk-update', 'unacceptable', 'acceptable', 'acceptable'],
      ['rsk-outage', 'unacceptable', 'reduce', 'acceptable'],
      ['rsk-calibration', 'reduce', 'reduce', 'acceptable'],
      ['rsk-patient', 'unacceptable', 'unacceptable', 'acceptable'],
      ['rsk-privacy', 'reduce', 'acceptable', 'reduce'],
    ]);
  });

  it('say of each control how it is built, what it does, and what proves it', () => {
    const controls = exampleRecords.filter(({ kind }) => kind === 'control');
    const elements = new Set(modelBody.elements.map(({ id }) => id));
    const components = new Set(
      exampleSboms
        .flatMap(({ document }) => (document as { components: { name: string }[] }).components)
        .map(({ name }) => name),
    );
    const linked = (type: string, to: string) =>
      exampleRecords.filter(({ links = [] }) => links.some((link) => link.type === type && link.to === to));

    for (const { id, body } of controls) {
      const built = String(body.implementation);
      expect(elements.has(built) || components.has(built), `${id} is built in ${built}`).toBe(true);
      expect(body.effect, id).not.toBe('not stated');
      expect(body.riskControl, id).not.toBe('not stated');
      const proofs = [id, ...linked('demands', id).map((requirement) => requirement.id)].flatMap((proven) =>
        linked('verifies', proven),
      );
      expect(proofs.length, id).toBeGreaterThan(0);
    }
  });

  it('carry the identity of the rule that raises them, at the place where it raises', () => {
    const evaluation = compileRules(shippedPack()).evaluate(modelBody);
    const ofRules = exampleRecords.filter(({ kind, body }) => kind === 'threat' && body.rule !== undefined);

    expect(ofRules.length).toBe(8);
    for (const { id, body, moves = [] } of ofRules) {
      const result = evaluation.results.find(
        ({ rule, target }) => rule === body.rule && target === body.target,
      );
      expect(result?.state, id).toBe(moves.length > 0 ? 'answered' : 'raised');
    }
  });

  it('leave no attacker a way to emission without a control', () => {
    const { rules } = shippedPack();
    const { depths } = assure({
      model: modelBody,
      evaluation: compileRules(shippedPack()).evaluate(modelBody),
      controls: exampleRecords
        .filter(({ kind }) => kind === 'control')
        .map(({ id, body, moves = [] }) => ({
          id,
          title: String(body.title),
          places: body.places as string[],
          claimed: moves.length > 0,
          counted: false,
          why: '',
        })),
      severities: {},
      exploitabilities: Object.fromEntries(rules.map(({ id, exploitability }) => [id, exploitability])),
      strides: Object.fromEntries(rules.map(({ id, stride }) => [id, stride])),
      enough: { 1: 0, 2: 1, 3: 1, 4: 2, 5: 2 },
    });
    const emission = depths.filter(({ target, reachable }) => target === 'sf-emission' && reachable);

    expect(emission.length).toBeGreaterThan(3);
    expect(emission.filter(({ claimed }) => claimed === 0)).toEqual([]);
    // The service panel is the one place where a single control stands.
    expect(emission.find(({ attacker }) => attacker === null)?.claimed).toBe(1);
  });

  it('name places that the system model holds', () => {
    const model = exampleRecords.find((record) => record.kind === 'system-model')?.body as Record<
      string,
      { id: string; from?: string; to?: string; zone?: string; element?: string }[]
    >;
    const idsOf = (...lists: string[]) =>
      new Set(lists.flatMap((list) => model[list]?.map((one) => one.id) ?? []));
    const elements = idsOf('elements');
    const places = idsOf('elements', 'flows', 'zones', 'interfaces', 'assets', 'safetyFunctions');
    const missing = [
      ...(model.flows ?? []).flatMap(({ from, to }) => [from, to]).filter((end) => !elements.has(end ?? '')),
      ...(model.elements ?? []).filter(({ zone }) => !idsOf('zones').has(zone ?? '')).map(({ id }) => id),
      ...exampleRecords
        .flatMap(({ body, kind }) =>
          kind === 'threat' ? [body.target] : kind === 'control' ? (body.places as string[]) : [],
        )
        .filter((place) => !places.has(String(place))),
    ];

    expect(missing).toEqual([]);
    expect(model.safetyFunctions?.[0]).toMatchObject({
      id: 'sf-emission',
      title: 'Prevent unintended emission',
    });
    expect(exampleSboms.flatMap(elementsNamed).filter((element) => !elements.has(element))).toEqual([]);
  });
});

function elementsNamed({ document }: (typeof exampleSboms)[number]): string[] {
  const { components } = document as { components: { properties?: { name: string; value: string }[] }[] };
  return components.flatMap(({ properties = [] }) => properties.map(({ value }) => value));
}

describe('the SBOMs', () => {
  it.each(exampleSboms)('$fileName is read without refusal or warning', (sbom) => {
    const read = readSbom(sbomBytes(sbom), sbom.fileName, { strict: true });

    expect(read.warnings).toEqual([]);
    expect(read.components.length).toBeGreaterThan(60);
    expect(read.dependencies.length).toBeGreaterThan(10);
  });
});

describe('the advisories', () => {
  const all = [...shippedAdvisories(), later];

  it('are read and name where their facts are published', () => {
    for (const record of all) {
      const { id } = readAdvisory(record);
      const { database_specific: own } = (record as { cve?: typeof later }).cve ?? (record as typeof later);
      expect(own.source, id).toMatch(/^https:\/\//);
      expect(own.written_by, id).toBe('Ward project');
    }
    expect(shippedAdvisories()).toHaveLength(32);
  });

  it('hold each id once', () => {
    const ids = shippedAdvisories().map((record) => readAdvisory(record).id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('have a later state of one record, which calls one more version affected', () => {
    const before = shippedAdvisories()
      .map(readAdvisory)
      .find(({ id }) => id === later.id) as Advisory;
    const after = readAdvisory(later);

    expect(after.modified > before.modified).toBe(true);
    expect(JSON.stringify(before.affected)).toContain('"fixed":"7.2.4"');
    expect(JSON.stringify(after.affected)).toContain('"fixed":"7.2.5"');
  });
});

describe('the words', () => {
  it('never say that anything complies', () => {
    const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(json|md|ts)$/.test(name) && !name.endsWith('.test.ts'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

    expect(texts.length).toBeGreaterThan(15);
    expect(texts.filter(([, text]) => /\bcomplian/i.test(text)).map(([name]) => name)).toEqual([]);
  });
});

const sharedData = resolve('../shared/data');
const present = existsSync(sharedData);
describe.skipIf(!present)(
  `the facts of the advisories${present ? '' : ' (skipped: ../shared is absent)'}`,
  () => {
    it('are those of the records in the shared data set, where it has them', async () => {
      const shipped = new Map(
        shippedAdvisories().map((record) => [readAdvisory(record).id, readAdvisory(record)]),
      );
      const files = ['osv/pypi', 'osv/go', 'osv/crates', 'osv/recorded-from-tool-tests'].map(
        (name) => `advisories/${name}`,
      );
      const compared: string[] = [];
      for await (const item of readRecords(
        [...files, 'nvd/nvd-2.0-derived', 'nvd/nvd-2.0-original'].map((name) =>
          join(sharedData, `${name}.jsonl.gz`),
        ),
      )) {
        if (item.kind !== 'record') continue;
        const theirs = readAdvisory(item.record);
        const ours = shipped.get(theirs.id);
        if (!ours || theirs.affected.length === 0) continue;
        compared.push(theirs.id);
        expect(boundsOf(ours, theirs), theirs.id).toEqual(boundsOf(theirs, ours));
        expect(ours.withdrawn, theirs.id).toBe(theirs.withdrawn);
        expect(theirs.details).not.toContain(ours.details);
        for (const { vector } of ours.severities)
          expect(
            theirs.severities.map((stated) => stated.vector),
            theirs.id,
          ).toContain(vector);
      }

      expect(new Set(compared).size).toBeGreaterThanOrEqual(18);
    });
  },
);

/** Version bounds of the packages that the other record speaks of too. */
function boundsOf(advisory: Advisory, other: Advisory): string[] {
  return advisory.affected
    .filter(({ name }) => other.affected.some((theirs) => theirs.name === name))
    .flatMap(({ name, ranges }) =>
      ranges.flatMap((range) => {
        if (range.kind === 'GIT') return [];
        if (range.kind !== 'CPE') return [`${name} ${JSON.stringify(range.events)}`];
        const { criteria, startIncluding, startExcluding, endIncluding, endExcluding } = range;
        return [JSON.stringify([criteria, startIncluding, startExcluding, endIncluding, endExcluding])];
      }),
    )
    .sort();
}
