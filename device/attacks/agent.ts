// Attacks on the agent by who speaks for the workbench: it has the certificate of a gateway and still gets no further than its word counts.

import { DIRECTOR_URL, DirectorShelf } from '../agent/director-shelf.ts';
import { AgentScene, UNIT } from '../agent/testing.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal } from '../refusal.ts';
import { newUnit, SEAL, software, UNIT as TRIED, World } from '../updates/repository/try-out.ts';
import { UpdateClient } from '../updates/update-client.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

async function withScene(run: (scene: AgentScene) => Promise<AttackOutcome>): Promise<AttackOutcome> {
  const scene = await AgentScene.make();
  try {
    return await run(scene);
  } finally {
    await scene.close();
  }
}

const documentsOf = (files: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));

const attacks: readonly Attack[] = [
  {
    id: 'answer-a-check-in-with-half-an-answer',
    has: 'the certificate and key of a gateway',
    wants: 'a unit that takes over part of an answer, or falls over it',
    row: 'L1',
    refusal: 'agent.answer-malformed',
    run: () =>
      withScene(async (scene) => {
        const whole = await scene.answer();
        const { port } = await scene.gateway(async () => ({ ...whole, auditKnown: null, services: 'all' }));
        const unit = await scene.unit(port);
        if (await unit.calls.round()) throw new Error('the answer was taken');
        if (unit.revocations.current.number !== 0) throw new Error('a part of the answer was taken');
        return { refusal: unit.calls.last?.code ?? '', audit: await unit.audit() };
      }),
  },
  {
    id: 'renew-a-unit-as-another-unit',
    has: 'the certificate and key of a gateway, and a certificate of another unit',
    wants: 'a unit that goes on under the name of another',
    row: 'L1',
    refusal: 'identity.renewal-refused',
    run: () =>
      withScene(async (scene) => {
        const other = await scene.ca.issue('unit', 'L4-0666');
        const { port } = await scene.gateway(
          () => scene.answer(),
          async () => ({ certificate: Buffer.from(other.chain[0] as Uint8Array).toString('base64') }),
        );
        const unit = await scene.unit(port, 61);
        await unit.calls.round();
        if (await unit.identities.next()) throw new Error('the certificate of another unit was kept');
        if ((await unit.identities.current()).unit !== UNIT) throw new Error('the unit has another name');
        const audit = await unit.audit();
        return { refusal: audit.find(({ what }) => what === 'identity.renewal-refused')?.code ?? '', audit };
      }),
  },
  {
    id: 'bring-a-director-of-ones-own-with-a-check-in',
    has: 'the certificate and key of a gateway, and a whole director of his own, root included',
    wants: 'a unit that runs what he says',
    row: 'L5',
    refusal: 'update.threshold-unmet',
    async run() {
      const world = await World.make();
      const { disk: simulated, audit, bootloader } = await newUnit(world, software('1.0.0'));
      const disk: Disk = simulated;
      await disk.makeFolder('factory');
      await replaceFile(disk, 'factory/director-root.json', world.directorRoot);
      await world.publish(software('1.1.0'));
      const his = await World.make({ clock: world.clock });
      await his.publish(software('1.1.0'));
      const shelf = new DirectorShelf(disk);
      const said = await his.direct('1.1.0');
      shelf.put({ ...documentsOf(said), '1.root.json': Buffer.from(his.directorRoot).toString() });
      const client = new UpdateClient({
        time: TrustedTime.inMemory(world.clock),
        ...{ unit: TRIED, disk, clock: world.clock, audit, seal: SEAL, bootloader, mayInstall: () => true },
        fetch: shelf.fetch(world.server.fetch),
        image: {
          url: 'http://at/image/metadata',
          targetsUrl: 'http://at/image/targets',
          root: world.imageRoot,
        },
        director: { url: DIRECTOR_URL, root: (await shelf.root()) as Uint8Array },
      });
      try {
        await client.check();
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { refusal: error.code, audit: audit.events };
      }
      throw new Error("the unit follows the attacker's director");
    },
  },
];

export const family: AttackFamily = { title: 'The agent', attacks };
