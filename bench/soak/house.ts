// The house in which the endurance run plays: people with tokens, a product, releases.
import { readConfig } from '../../workbench/config.ts';
import { makeApiToken } from '../../workbench/kernel/people/api-tokens.ts';
import type { Principal, Role } from '../../workbench/kernel/people/roles.ts';
import { SYSTEM, TOKEN_SCOPES } from '../../workbench/kernel/people/roles.ts';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import { withWard } from '../../workbench/open-ward.ts';

export interface House {
  readonly productId: string;
  readonly releases: readonly string[];
  /** One a maker. */
  readonly tokens: readonly string[];
  readonly auditorToken: string;
}

/** Makes the data folder with everything that the makers need; nothing else may run on it. */
export function makeHouse(data: string, makers: number): Promise<House> {
  const config = readConfig({ WARD_LOG: 'error' }, { data });
  return withWard(config, async (ward) => {
    const person = async (name: string, role: Role): Promise<string> => {
      const personId = await ward.people.ensurePerson({
        name,
        email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org`,
      });
      await createRecord(ward.records, SYSTEM, {
        kind: 'role-assignment',
        productId: null,
        body: { person: personId, role },
        reason: 'Endurance run',
      });
      const owner: Principal & { personId: string } = {
        via: 'session',
        personId,
        name,
        grants: [{ role, productId: null }],
        scopes: null,
        tokenProductId: null,
      };
      const wanted = {
        name: 'soak',
        scopes: TOKEN_SCOPES.map((scope) => scope.id),
        productId: null,
        days: 30,
      };
      const { token, id } = await makeApiToken(ward.people.context, owner, wanted);
      await ward.people.setPassword(personId, `endurance ${id} of the house`);
      return token;
    };
    const product = await createRecord(ward.records, SYSTEM, {
      kind: 'product',
      productId: null,
      body: { name: 'Endurance product' },
    });
    const releases: string[] = [];
    for (let n = 1; n <= 4; n += 1) {
      const release = await createRecord(ward.records, SYSTEM, {
        kind: 'release',
        productId: product.id,
        body: { name: `Endurance ${n}`, version: `${n}.0` },
      });
      releases.push(release.key);
    }
    const tokens: string[] = [];
    for (let n = 1; n <= makers; n += 1) tokens.push(await person(`Maker ${n}`, 'security-lead'));
    return { productId: product.id, releases, tokens, auditorToken: await person('Auditor', 'auditor') };
  });
}
