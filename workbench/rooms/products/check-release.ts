// A release that was signed keeps what was signed: dates of support may change, its name and version do not.
import { defineErrors } from '../../kernel/errors.ts';
import type { Guard } from '../../kernel/records/records.ts';

const refuse = defineErrors({
  'release.fixed-field': {
    status: 409,
    exit: 3,
    title: 'A released version keeps its name',
    remedy: 'Make a new release for another version.',
  },
});

export const checkRelease: Guard = async (_tx, change) => {
  if (change.type !== 'edit' || change.record.state === 'planned') return;
  const field = ['name', 'version'].find((name) => change.body[name] !== change.record.body[name]);
  if (!field) return;
  throw refuse('release.fixed-field', `${change.record.key} is out; its ${field} does not change.`, {
    at: `$.body.${field}`,
  });
};
