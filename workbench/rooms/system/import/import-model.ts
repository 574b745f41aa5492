// One file, or one with its includes, as a system model: the format is found by content, never by name. Pure.
import { isWardError } from '../../../kernel/errors.ts';
import { refuseModel } from '../errors.ts';
import { modelOfValue, readModelText } from '../text-form.ts';
import type { ModelFile, ModelImport } from './contract.ts';
import { isCycloneDx, readCycloneDx } from './cyclonedx.ts';
import { Draft, isJson, json } from './draft.ts';
import { isOtm, readOtm } from './otm.ts';
import { isPytm, readPytm } from './pytm.ts';
import { decodeBytes } from './read-text.ts';
import { readSource, type Source } from './source.ts';
import { isThreagile, readThreagile } from './threagile.ts';
import { isThreatComposer, readThreatComposer } from './threat-composer.ts';
import { isThreatDragon, readThreatDragon } from './threat-dragon.ts';
import { isTicTaac, readTicTaac } from './tictaac.ts';
import { isTmLibrary, readTmLibrary } from './tm-library.ts';
import { isTm7, readTm7 } from './tm7.ts';

interface Format {
  readonly id: string;
  readonly is: (source: Source) => boolean;
  readonly read: (source: Source, files: readonly ModelFile[]) => ModelImport;
}

/** In the order in which they are asked; each knows its own words only. */
const FORMATS: readonly Format[] = [
  {
    id: 'ward',
    is: ({ value }) => String(json(value).format ?? '').startsWith('ward-system-model/'),
    read: readWard,
  },
  { id: 'tm7', is: isTm7, read: readTm7 },
  {
    id: 'cyclonedx',
    is: isCycloneDx,
    read: (source, files) => readCycloneDx(source, (text, name) => readWrapped(text, name, files)),
  },
  { id: 'threat-composer', is: isThreatComposer, read: readThreatComposer },
  { id: 'tm-library', is: isTmLibrary, read: readTmLibrary },
  { id: 'threagile', is: isThreagile, read: readThreagile },
  { id: 'pytm', is: isPytm, read: readPytm },
  { id: 'otm', is: isOtm, read: readOtm },
  { id: 'threat-dragon', is: isThreatDragon, read: readThreatDragon },
];

/** Files of one import in all. */
const MOST_BYTES = 50 * 1024 * 1024;

/**
 * The first file is the model; the others are what it may include. Refuses `model.*` with file and place; nothing is ever
 * half read. Costs about 100 ms for a megabyte of XML or JSON, a second for a megabyte of YAML.
 */
export function importModel(files: readonly ModelFile[]): ModelImport {
  const [main] = files;
  if (!main) throw refuseModel('model.no-model', 'No file was given.');
  const size = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (size > MOST_BYTES)
    throw refuseModel(
      'model.too-large',
      `The files have ${Math.ceil(size / 1024 / 1024)} MB in all; ${MOST_BYTES / 1024 / 1024} MB are read.`,
      { at: main.name },
    );
  const early = decodeBytes(main.bytes, main.name);
  // Its own notation only looks like YAML.
  if (/^\s*[a-z#]/i.test(early) && isTicTaac(early)) return readTicTaac(early, main.name);
  const source = readSource(main);
  const format = FORMATS.find((one) => one.is(source));
  if (format) return format.read(source, files);
  throw refuseUnknown(source);
}

function readWard(source: Source): ModelImport {
  const model =
    source.notation === 'json'
      ? modelOfValue(source.value, source.name, () => null)
      : readModelText(source.text, source.name);
  const result = new Draft(source.name).finish('Ward');
  const objects = Object.values(model).filter(Array.isArray).flat() as { id: string; title?: string }[];
  const kept = objects.map(({ id, title }) => ({
    place: `${source.name} ${id}`,
    what: title ?? id,
    why: '',
  }));
  const counts = { kept: kept.length, changed: 0, raw: 0, refused: 0 };
  return { ...result, model, report: { ...result.report, counts, kept } };
}

function readWrapped(text: string, name: string, files: readonly ModelFile[]): ModelImport | null {
  try {
    const source = readSource({ name, bytes: new TextEncoder().encode(text) });
    const format = FORMATS.find((one) => one.id !== 'cyclonedx' && one.is(source));
    return format ? format.read(source, files) : null;
  } catch (error) {
    if (isWardError(error)) return null;
    throw error;
  }
}

function refuseUnknown({ name, value, root, notation }: Source) {
  if (root?.name === 'KnowledgeBase')
    return refuseModel(
      'model.no-model',
      `${name} is a template of Microsoft's Threat Modeling Tool (TB7), not a model.`,
      {
        at: `${name}:1:1`,
        remedy: 'Import it as a rule pack, on the page of rules.',
      },
    );
  if (root)
    return refuseModel(
      'model.unknown-format',
      `${name} is XML with the root <${root.name.slice(0, 60)}>, which is no model.`,
      { at: `${name}:1:1` },
    );
  const isSchema =
    isJson(value) &&
    (/json-schema\.org/.test(String(value.$schema ?? '')) || ('$id' in value && 'properties' in value));
  if (isSchema)
    return refuseModel('model.no-model', `${name} is a JSON Schema, not a model.`, { at: `${name} $` });
  const keys = isJson(value) ? Object.keys(value).slice(0, 5).join(', ').slice(0, 120) : '';
  return refuseModel(
    'model.unknown-format',
    `${name} is ${notation.toUpperCase()}, but no model that is known${keys === '' ? '' : ` (it has ${keys})`}.`,
    { at: `${name}:1:1` },
  );
}
