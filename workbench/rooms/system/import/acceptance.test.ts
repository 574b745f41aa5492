// The acceptance tests of imports (T01 to T19, T22, T23 of the threat design), on real models read in place.
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { alignModel } from '../align-models.ts';
import { diffModels, sayChange } from '../semantic-diff.ts';
import { MODELS_PRESENT, sharedModel, sharedModelPaths, titled } from '../shared-models.fixture.ts';
import type { ModelFile, ModelImport } from './contract.ts';
import { importModel } from './import-model.ts';

const read = (path: string): ModelImport => importModel([sharedModel(path)]);
const dragon = (name: string) => read(`threat-dragon-v2/threat-dragon__${name}.json`);
const count = <T>(items: readonly T[], of: (item: T) => string) => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[of(item)] = (counts[of(item)] ?? 0) + 1;
  return counts;
};
const sizes = ({ model }: ModelImport) => [model.elements.length, model.flows.length, model.zones.length];
function refusal(files: readonly ModelFile[]) {
  try {
    importModel(files);
  } catch (error) {
    if (isWardError(error)) return error;
    throw error;
  }
  throw new Error('was imported');
}

describe.skipIf(!MODELS_PRESENT)(titled('Threat Dragon'), () => {
  it('T01: the IoT device', () => {
    const result = dragon('iot-device');

    expect(count(result.model.elements, ({ kind }) => kind)).toEqual({ actor: 1, process: 9, store: 1 });
    expect(result.model.flows).toHaveLength(14);
    expect(result.proposedZones).toHaveLength(1);
    expect(result.proposedZones[0]?.crossedBy.length).toBeGreaterThan(0);
    expect(count(result.threats, ({ state }) => state)).toEqual({ raised: 3, 'answered, unverified': 1 });
    expect(result.threats.every(({ target }) => target !== '')).toBe(true);
    expect(result.model.notes).toHaveLength(1);
    expect(Object.keys(result.layout)).toHaveLength(11);
  });

  it('T02: seven diagrams with loose flows and a misspelled shape', () => {
    const result = dragon('test-reports');
    const said = result.report.changed.map(({ why }) => why);

    expect(result.counts.diagrams).toBe(7);
    expect(result.model.flows).toHaveLength(9);
    expect(said.filter((why) => why.startsWith('Unconnected'))).toHaveLength(5);
    expect(said.filter((why) => why.includes('misspelled'))).toHaveLength(1);
    expect(result.threats).toHaveLength(8);
  });

  it('T03: the test model with a threat that is not applicable', () => {
    const result = dragon('td-test-model');

    expect(result.model.elements).toHaveLength(19);
    expect(result.model.flows).toHaveLength(8);
    expect(result.model.zones.length + result.proposedZones.length).toBe(7);
    expect(count(result.threats, ({ status }) => status)).toEqual({
      Mitigated: 11,
      Open: 3,
      NotApplicable: 1,
    });
    expect(result.decisions).toMatchObject([{ kind: 'not applicable', reason: '', asksForReason: true }]);
  });

  it('T04: the same model in 1.x and 2.x is the same model', () => {
    const one = read('threat-dragon-v1/threat-dragon__demo-threat-model.json');
    const two = dragon('v2-threat-model');

    for (const result of [one, two]) {
      expect(sizes(result).slice(0, 2)).toEqual([7, 10]);
      expect(count(result.threats, ({ status }) => status)).toEqual({ Open: 10, Mitigated: 4 });
    }
    expect([one.proposedZones.length, two.proposedZones.length]).toEqual([4, 3]);
    // What the two files themselves say differently: one store is out of scope in 2.x only, and 2.x has no privilege levels.
    expect(diffModels(one.model, alignModel(two.model, one.model)).map(sayChange)).toEqual([
      'bdd3e115-4b92-4020-90b7-c3351dba292b: outOfScope false → true',
      '3e75b596-9c70-41b6-a2cf-a15899c254d3: description Privilege level: executionContext =Limited → ',
      '0d9909ea-1398-4898-be81-cf1c808324dc: description Privilege level: executionContext =Limited → ',
    ]);
    const told = ({ threats, model }: ModelImport) => {
      const names = new Map([...model.elements, ...model.flows].map(({ id, title }) => [id, title]));
      return threats.map(({ title, target, status }) => `${title} ${names.get(target)} ${status}`).sort();
    };
    expect(told(one)).toEqual(told(two));
  });

  it('T05: damaged files are refused with the places, for the exit code 2', () => {
    const one = refusal([sharedModel('threat-dragon-v1/threat-dragon__malformed-new-model.json')]);
    const two = refusal([sharedModel('threat-dragon-v2/threat-dragon__v2-malformed-new-model.json')]);

    expect([one.code, one.exit, two.code, two.exit]).toEqual([
      'model.wrong-shape',
      2,
      'model.wrong-shape',
      2,
    ]);
    expect(one.detail?.problems).toEqual(['$.summary is missing', '$.detail.diagrams is missing']);
    expect(two.detail?.problems).toEqual(['$.summary.title is missing', '$.detail is missing']);
  });

  it('never reads a false boolean as an answer', () => {
    for (const path of sharedModelPaths('threat-dragon-v2').filter((one) => !/schema|malformed/.test(one))) {
      const { model } = read(`threat-dragon-v2/${path.replace(/^threat-dragon-v2\//, '')}`);
      const answers = [...model.elements, ...model.flows].flatMap((object) => Object.values(object.answers));

      expect(answers.filter(({ value }) => value === 'no')).toEqual([]);
    }
  });
});

describe.skipIf(!MODELS_PRESENT)(titled('Threagile'), () => {
  const folder = 'threagile/threagile-split/';
  const split = () =>
    [
      `${folder}main.yaml`,
      ...sharedModelPaths().filter((path) => path.startsWith(folder) && path !== `${folder}main.yaml`),
    ].map(sharedModel);

  it('T06: the example', () => {
    const result = read('threagile/threagile__threagile.yaml');

    expect(sizes(result)).toEqual([14, 20, 5]);
    expect(result.model.assets).toHaveLength(12);
    expect(result.counts).toMatchObject({ runtimes: 1, 'individual risk categories': 1 });
    expect(result.decisions).toHaveLength(6);
    expect(count(result.decisions, ({ kind }) => kind)).toEqual({ accept: 1, mitigate: 5 });
    expect(result.model.zones.find(({ id }) => id === 'web-dmz')?.parent).toBe('application-network');
  });

  it('T07: split over two levels of includes it is the same', () => {
    const result = importModel(split());
    const whole = read('threagile/threagile__threagile.yaml');

    expect(sizes(result)).toEqual([14, 20, 5]);
    expect(result.model.elements.map(({ id }) => id).sort()).toEqual(
      whole.model.elements.map(({ id }) => id).sort(),
    );
    expect(result.model.flows.map(({ id }) => id).sort()).toEqual(
      whole.model.flows.map(({ id }) => id).sort(),
    );
  });

  it('T07: a file that is included twice counts once', () => {
    const files = split().map((file) =>
      file.name.endsWith('technical_assets.yaml')
        ? {
            ...file,
            bytes: new TextEncoder().encode(
              `${new TextDecoder().decode(file.bytes)}  - technical_assets_clients.yaml\n`,
            ),
          }
        : file,
    );

    expect(sizes(importModel(files))).toEqual([14, 20, 5]);
  });

  it('T07: a missing include names file and line, and one outside of the folder is refused', () => {
    const files = split();
    const missing = refusal(files.filter(({ name }) => !name.endsWith('/risk_tracking.yaml')));
    const outside = ['../secret.yaml', '/etc/passwd', 'x/../../secret.yaml', 'C:\\secret.yaml'].map(
      (include) =>
        refusal([
          {
            name: `${folder}main.yaml`,
            bytes: new TextEncoder().encode(`threagile_version: 1.0.0\nincludes:\n  - '${include}'\n`),
          },
          sharedModel('threagile/threagile__threagile.yaml'),
        ]),
    );

    expect([missing.code, missing.at]).toEqual(['model.missing-include', `${folder}main.yaml:25`]);
    expect(outside.map(({ code }) => code)).toEqual(Array(4).fill('model.include-outside'));
  });
});

describe.skipIf(!MODELS_PRESENT)(titled('Microsoft TM7'), () => {
  it('T08: generated threats are history that nobody decided', () => {
    const result = read('ms-tm7/startleft__MTMT_example.tm7');

    expect(sizes(result)).toEqual([4, 6, 2]);
    expect(count(result.threats, ({ state }) => state)).toEqual({ 'not decided': 43 });
    expect(result.decisions).toEqual([]);
  });

  it('T11: the drawing gives the zones that its conversion to OTM gives', () => {
    const tm7 = read('ms-tm7/startleft__MTMT_example_coordinates.tm7');
    const otm = read('otm/startleft__MTMT_example_coordinates.otm');

    for (const result of [tm7, otm]) {
      expect(sizes(result)).toEqual([8, 14, 2]);
      expect(result.threats).toHaveLength(105);
    }
    const homes = ({ model }: ModelImport) =>
      Object.fromEntries(model.elements.map(({ id, zone }) => [id, zone]));
    expect(homes(tm7)).toEqual(homes(otm));
  });

  it('T12: a dangling connector is listed, not dropped', () => {
    const tm7 = read('ms-tm7/startleft__MTMT_nested_tz.tm7');
    const otm = read('otm/startleft__nested_tz.otm');

    expect(sizes(tm7)).toEqual([4, 3, 2]);
    expect(tm7.model.zones.filter(({ parent }) => parent !== '')).toHaveLength(1);
    expect(tm7.proposedZones).toHaveLength(1);
    expect(
      tm7.report.changed.filter(({ why }) => why.startsWith('Dangling')).map(({ what }) => what),
    ).toEqual(['flow Production data']);
    expect(otm.model.flows).toHaveLength(2);
  });

  it('T13: a zip that calls itself tm7', () => {
    const error = refusal([sharedModel('ms-tm7/startleft__mtmt-invalid-format-zip.tm7')]);

    expect(error.code).toBe('model.not-text');
    expect(error.message).toContain('zip, not XML');
  });

  it('T14: all components, no flow', () => {
    const result = read('ms-tm7/startleft__SDL_all_components.tm7');

    expect(sizes(result)).toEqual([25, 0, 2]);
    expect(result.threats).toEqual([]);
  });
});

describe.skipIf(!MODELS_PRESENT)(titled('pytm, OTM, the library of OWASP and Threat Composer'), () => {
  it('T17: 738 false controls of pytm are not answered', () => {
    const result = read('pytm/pytm__output.json');

    expect(sizes(result)).toEqual([5, 6, 2]);
    expect(result.counts['controls not answered']).toBe(738);
    expect(
      [...result.model.elements, ...result.model.flows]
        .flatMap(({ answers }) => Object.values(answers))
        .filter(({ value }) => value === 'no'),
    ).toEqual([]);
    expect(result.threats).toEqual([]);
  });

  it('T18: OTM in YAML with threats, mitigations and their links', () => {
    const result = read('otm/startleft__mtmt_example.yaml');

    expect(sizes(result)).toEqual([4, 6, 3]);
    expect(result.threats).toHaveLength(43);
    expect(result.counts.mitigations).toBe(43);
    expect(result.threats.every(({ target, mitigations }) => target !== '' && mitigations.length === 1)).toBe(
      true,
    );
  });

  it('T19: OTM without a version, and one with nothing in it', () => {
    const error = refusal([sharedModel('otm/startleft__otm_without_version.otm')]);

    expect([error.code, error.message.includes('no otmVersion')]).toEqual([
      'model.unsupported-version',
      true,
    ]);
    expect(sizes(read('otm/startleft__minimal_content.yaml'))).toEqual([0, 0, 0]);
  });

  it('T22: Husky AI', () => {
    const result = read('tm-library/threat-dragon__huskyai.tmbom.json');

    expect(result.model.zones).toHaveLength(2);
    expect(result.model.flows).toHaveLength(23);
    expect(result.threats).toHaveLength(9);
    expect(result.counts).toMatchObject({ actors: 4, components: 6, stores: 7, controls: 22, risks: 3 });
  });

  it('T23: statements wait for a target', () => {
    const result = read('threat-composer/threat-composer__ThreatComposer.tc.json');

    expect(result.counts).toMatchObject({
      statements: 20,
      mitigations: 18,
      assumptions: 5,
      'mitigation links': 36,
      'assumption links': 21,
    });
    expect(result.threats.every(({ target }) => target === '')).toBe(true);
    // 32 of the links go to statements, 4 to assumptions.
    expect(result.threats.reduce((sum, { mitigations }) => sum + mitigations.length, 0)).toBe(32);
    expect(result.report.raw.filter(({ place }) => place.includes('mitigationLinks'))).toHaveLength(4);
  });

  it('CycloneDX 1.6: the parts of a wrapped model', () => {
    const result = read('cyclonedx-tmbom/threat-dragon__tmbom-pytm-example.cdx.json');

    expect(sizes(result)).toEqual([4, 5, 2]);
    expect(result.model.flows.every(({ from, to }) => from !== '' && to !== '')).toBe(true);
  });

  it('TicTaaC: names with lists below them', () => {
    const result = read('tictaac/TicTaaC__intermediate-threat-model.yml');

    expect(sizes(result)).toEqual([4, 3, 3]);
    expect(result.model.elements.find(({ id }) => id === 'database')).toMatchObject({
      kind: 'store',
      zone: 'internal-network',
      holds: ['credit-card'],
    });
  });
});
