// T31 and T32 on the laser of the rule catalogue, evaluated by the shipped rules.
import { describe, expect, it } from 'vitest';
import { elementsRunning, SystemModel } from '../system/index.ts';
import { SHARED_RULES, sharedModel } from '../threats/evaluate/laser.fixture.ts';
import { compileRules, shippedPack } from '../threats/index.ts';
import { depthIn, makeInput } from './assurance.fixture.ts';
import { assure } from './assure.ts';
import { countControl } from './count-controls.ts';

const present = SHARED_RULES !== undefined;

/** The catalogue's own attackers, with their access in the words of the metamodel. */
const ATTACKERS = [
  { id: 'at-opportunist', title: 'Outsider with common tools', access: ['internet'] },
  { id: 'at-hospital-net', title: 'Attacker already in the hospital network', access: ['adjacent-network'] },
  { id: 'at-visitor', title: 'Person with minutes at the unit', access: ['physical'] },
  { id: 'at-insider-clinic', title: 'Clinic insider', access: ['user-account'] },
  { id: 'at-service', title: 'Service person', access: ['service-account'] },
  { id: 'at-insider-maker', title: 'Maker insider', access: ['fleet', 'build'] },
  { id: 'at-supplier', title: 'Supply chain attacker', access: ['supplier'] },
] as const;

function laser(contains: readonly string[] = []): SystemModel {
  const model = sharedModel('laser-model.json');
  return SystemModel.parse({
    ...model,
    attackers: ATTACKERS,
    elements: model.elements.map((element) =>
      element.id === 'e-agent' ? { ...element, contains } : element,
    ),
  });
}

function assureLaser(model = laser(), controls: Parameters<typeof makeInput>[0]['controls'] = []) {
  const pack = shippedPack();
  return assure(
    makeInput({
      model,
      controls,
      evaluation: compileRules(pack).evaluate(model),
      exploitabilities: Object.fromEntries(pack.rules.map(({ id, exploitability }) => [id, exploitability])),
      strides: Object.fromEntries(pack.rules.map(({ id, stride }) => [id, stride])),
    }),
  );
}

describe.skipIf(!present)(
  `the laser of the catalogue${present ? '' : ' (skipped: ../shared is absent)'}`,
  () => {
    it('T32: the way from the hospital network to the right plan leads over HL7 into the treatment application', () => {
      const { paths } = depthIn(assureLaser(), 'sf-patient', 'at-hospital-net');
      const way = paths.find((path) => path.steps.some((step) => step.via === 'f-16'));

      expect(way?.steps.map((step) => step.via)).toEqual(['e-his', 'f-16']);
      const last = way?.steps[1];
      expect(last).toMatchObject({ from: 'e-his', to: 'e-treatment' });
      // Raised is passed, not answered is passed and dashed; nothing here is silently closed.
      expect(['open', 'assumed']).toContain(last?.state);
      if (last?.state === 'assumed') expect(last.questions.length).toBeGreaterThan(0);
      else expect(last?.facts.length).toBeGreaterThan(0);
    });

    it('shows each step with its reason: a threat with facts, or questions, or answers', () => {
      const steps = assureLaser().depths.flatMap((depth) => depth.paths.flatMap((path) => path.steps));

      expect(steps.length).toBeGreaterThan(100);
      for (const step of steps) {
        if (step.from.startsWith('at-') && step.threat === null && step.state === 'open') continue;
        if (step.state === 'open') expect(step.threat).not.toBeNull();
        if (step.state === 'guarded') expect(step.facts.length).toBeGreaterThan(0);
      }
      expect(new Set(steps.map((step) => step.state))).toEqual(new Set(['open', 'assumed', 'guarded']));
    });

    it('T31: an advisory for a component of the agent shows the element, its threats, the paths to the dose, the harms', () => {
      const began = performance.now();
      const model = laser(['pkg:deb/debian/libxml2']);
      const component = {
        name: 'libxml2',
        group: null,
        purl: 'pkg:deb/debian/libxml2@2.9.14',
        cpes: [],
        elements: [],
      };
      const [element] = elementsRunning(model, component);
      const control = {
        key: 'CTL-1',
        title: 'Mutual TLS to the agent',
        state: 'implemented' as const,
        places: ['f-04', 'f-20', 'f-24', 'e-agent'],
        implementation: '',
        proofs: [
          {
            verification: 'VER-1',
            approved: true,
            through: null,
            suspect: false,
            result: 'RES-1',
            outcome: 'pass' as const,
          },
        ],
      };
      const flaw = { assessment: 'ASM-1', vulnerability: 'CVE-2024-1', component };
      const before = assureLaser(model, [countControl(control, model, [], 'Laser 1.0')]);
      const after = assureLaser(model, [countControl(control, model, [flaw], 'Laser 1.0')]);
      const took = performance.now() - began;
      const through = depthIn(after, 'sf-dose').paths.filter((path) =>
        path.steps.some((step) => step.to === element),
      );
      const threats = through
        .flatMap((path) => path.steps)
        .filter((step) => step.to === element && step.threat);

      expect(element).toBe('e-agent');
      expect(threats.length).toBeGreaterThan(0);
      expect(through.length).toBeGreaterThan(0);
      expect(through.every((path) => path.counted.length === 0)).toBe(true);
      expect(depthIn(before, 'sf-dose', 'at-insider-maker').counted).toBe(1);
      expect(depthIn(after, 'sf-dose', 'at-insider-maker').counted).toBe(0);
      expect(depthIn(after, 'sf-dose').severity).toBe(4);
      expect(model.safetyFunctions.find(({ id }) => id === 'sf-dose')?.harms).toEqual(['h-burn']);
      // Two evaluations and two searches.
      expect(took).toBeLessThan(2_000);
    });
  },
);
