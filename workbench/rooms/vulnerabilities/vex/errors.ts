// What reading a VEX document can refuse. Every document is attacker-controlled.
import { defineErrors } from '../../../kernel/errors.ts';

export const refuseVex = defineErrors({
  'vex.too-large': {
    status: 413,
    exit: 3,
    title: 'The VEX document is too large',
    remedy: 'Ask its author for one document per product or per vulnerability.',
  },
  'vex.not-text': {
    status: 422,
    exit: 3,
    title: 'Not UTF-8 text',
    remedy: 'Save the document as JSON in UTF-8.',
  },
  'vex.not-json': {
    status: 422,
    exit: 3,
    title: 'Not JSON',
    remedy: 'Export the document again as JSON; the place where it breaks is named.',
  },
  'vex.too-deep': {
    status: 422,
    exit: 3,
    title: 'Nested too deeply',
    remedy: 'Export the document again; no VEX document nests that deeply.',
  },
  'vex.unknown-format': {
    status: 422,
    exit: 3,
    title: 'Not a VEX document that Ward reads',
    remedy: 'Give OpenVEX, CSAF 2.0 or CycloneDX as JSON.',
  },
  'vex.wrong-shape': {
    status: 422,
    exit: 3,
    title: 'A field of the document is wrong',
    remedy: 'Ask the author of the document to mend the named field.',
  },
  'vex.no-statements': {
    status: 422,
    exit: 3,
    title: 'The document says nothing of any product',
    remedy:
      'Give a document with statuses of products: OpenVEX statements, CSAF product_status, or CycloneDX vulnerabilities with an analysis.',
  },
  'vex.too-many-statements': {
    status: 422,
    exit: 3,
    title: 'Too many statements in one document',
    remedy: 'Ask its author for one document per product or per vulnerability.',
  },
});
