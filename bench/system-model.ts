// A system model of any size in the words that rules ask for, the same for the same seed.
import { SystemModel } from '../workbench/rooms/system/index.ts';
import { shippedPack } from '../workbench/rooms/threats/index.ts';
import { seeded } from './generate.ts';

const ZONES = [
  ['internet', 0],
  ['hospital', 1],
  ['maker', 3],
  ['room', 3],
  ['device', 4],
  ['safety', 5],
] as const;
const KINDS = ['process', 'process', 'process', 'store', 'hardware', 'external', 'actor'] as const;
const ASSETS = ['command', 'patient-data', 'config', 'credential', 'software', 'key', 'audit'] as const;
const PROTOCOLS = ['tls', 'mutual-tls', 'https', 'http', 'dicom', 'hl7', 'serial-bus', 'ui', 'ipc'];

/** Elements spread over zones (ten elements to a zone), flows between them; a third of what rules ask is answered. */
export function systemModel(elements: number, flows: number, seed: number): SystemModel {
  const next = seeded(seed);
  const random = (below: number): number => Math.floor(next() * below);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const keys = Object.keys(shippedPack().questions);
  const { rules } = shippedPack();
  const tags = [
    ...new Set(rules.flatMap(({ when }) => [...when.matchAll(/tag\("([^"]+)"\)/g)].map((m) => m[1]!))),
  ];
  const answers = (only: RegExp) =>
    Object.fromEntries(
      keys
        .filter((key) => only.test(key) && random(3) === 0)
        .map((key) => [key, { value: random(4) === 0 ? 'no' : 'yes' }]),
    );
  const zones = Math.max(ZONES.length, Math.ceil(elements / 10));
  const numbered = <T>(count: number, make: (at: number) => T) =>
    Array.from({ length: count }, (_, at) => make(at));
  return SystemModel.parse({
    title: 'Measured',
    zones: numbered(zones, (at) => {
      const [kind, trust] = ZONES[at % ZONES.length] as (typeof ZONES)[number];
      return {
        id: `z${at}`,
        title: `Zone ${at}`,
        kind,
        trust,
        parent: kind === 'safety' ? `z${at - 1}` : '',
      };
    }),
    assets: ASSETS.map((kind) => ({ id: `a-${kind}`, title: kind, kind })),
    elements: numbered(elements, (at) => ({
      id: `e${at}`,
      title: `Element ${at}`,
      kind: pick(KINDS),
      type: pick(['app', 'gateway', 'sensor', 'system']),
      zone: `z${at % zones}`,
      tags: [pick(tags), pick(tags)],
      tech: random(3) === 0 ? [pick(['web', 'dicom', 'hl7', 'sql'])] : [],
      holds: random(3) === 0 ? [`a-${pick(ASSETS)}`] : [],
      safety: random(20) === 0,
      answers: answers(/^(?!flow)/),
    })),
    flows: numbered(flows, (at) => ({
      id: `f${at}`,
      title: `Flow ${at}`,
      from: `e${random(elements)}`,
      to: `e${random(elements)}`,
      protocol: [pick(PROTOCOLS)],
      carries: [`a-${pick(ASSETS)}`],
      answers: answers(/^flow/),
    })),
    interfaces: numbered(Math.ceil(elements / 5), (at) => ({
      id: `i${at}`,
      title: `Interface ${at}`,
      kind: pick(['usb', 'debug', 'wifi', 'ethernet', 'touch-ui']),
      element: `e${random(elements)}`,
    })),
    harms: [{ id: 'h', title: 'Harm', severity: 4 }],
    safetyFunctions: numbered(20, (at) => ({
      id: `s${at}`,
      title: `Safety function ${at}`,
      realisedBy: [`e${random(elements)}`],
      harms: ['h'],
    })),
  });
}
