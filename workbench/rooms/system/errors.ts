// What a file of a system model can be refused for.
import { defineErrors } from '../../kernel/errors.ts';

export const refuseModel = defineErrors({
  'model.too-large': {
    status: 413,
    exit: 2,
    title: 'The file is too large',
    remedy: 'Split the model, or leave out what is no model (pictures, copies of a template).',
  },
  'model.broken-encoding': {
    status: 422,
    exit: 2,
    title: 'The text is not in a known encoding',
    remedy: 'Save the file as UTF-8.',
  },
  'model.not-text': {
    status: 422,
    exit: 2,
    title: 'The file is no text',
    remedy: 'Unpack the archive first, or export the model from its tool again.',
  },
  'model.not-json': {
    status: 422,
    exit: 2,
    title: 'Not JSON',
    remedy: 'Correct the place that is named, or export the file again.',
  },
  'model.not-yaml': {
    status: 422,
    exit: 2,
    title: 'Not YAML',
    remedy: 'Correct the place that is named, or export the file again.',
  },
  'model.not-xml': {
    status: 422,
    exit: 2,
    title: 'Not well-formed XML',
    remedy: 'Export the file again from its tool.',
  },
  'model.doctype': {
    status: 422,
    exit: 2,
    title: 'XML with a document type declaration',
    remedy: 'Remove the declaration; no tool that Ward reads writes one.',
  },
  'model.too-deep': {
    status: 422,
    exit: 2,
    title: 'The file nests too deeply',
    remedy: 'Check the file: no system model nests so deeply.',
  },
  'model.too-many-aliases': {
    status: 422,
    exit: 2,
    title: 'The YAML grows by its aliases',
    remedy: 'Write the repeated parts out.',
  },
  'model.too-many': {
    status: 422,
    exit: 2,
    title: 'The model has too many objects',
    remedy: 'Split it into one model per subsystem.',
  },
  'model.unknown-format': {
    status: 422,
    exit: 2,
    title: 'The format is not known',
    remedy:
      'Give a model of Ward, OWASP Threat Dragon, Threagile, Microsoft TMT (TM7, TB7), pytm, OTM, CycloneDX, OWASP TM Library, Threat Composer or TicTaaC.',
  },
  'model.unsupported-version': {
    status: 422,
    exit: 2,
    title: 'The version of the format is not known',
    remedy: 'Export the file in a version that Ward reads.',
  },
  'model.no-model': {
    status: 422,
    exit: 2,
    title: 'The file holds no system model',
    remedy: 'Give the file that holds the model itself.',
  },
  'model.wrong-shape': {
    status: 422,
    exit: 2,
    title: 'The file does not say what its format promises',
    remedy: 'Correct the places that are named.',
  },
  'model.missing-include': {
    status: 422,
    exit: 2,
    title: 'An included file is missing',
    remedy: 'Give the file with the others, or remove the include.',
  },
  'model.include-outside': {
    status: 422,
    exit: 2,
    title: 'An include leads out of the folder',
    remedy: 'Put the included file beside the main one.',
  },
});
