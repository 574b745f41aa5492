// Refusals of the room.
import { defineErrors } from '../../kernel/errors.ts';

export const refuseThreats = defineErrors({
  'rules.same-id': {
    status: 409,
    exit: 3,
    title: 'Another pack has this id already',
    remedy: 'Give the pack and its rules ids of their own, or edit the pack that is there.',
  },
  'rules.too-large': {
    status: 413,
    exit: 3,
    title: 'The rule pack is too large',
    remedy: 'Split it into several packs and import each.',
  },
  'rules.no-pack': {
    status: 404,
    exit: 3,
    title: 'No such rule pack',
    remedy: 'Reload the list of packs; it may have been withdrawn.',
  },
  'threats.moved-on': {
    status: 409,
    exit: 3,
    title: 'The model or the rules have changed meanwhile',
    remedy: 'Look at the difference again, then accept what it shows now.',
  },
  'threats.nothing-to-accept': {
    status: 409,
    exit: 3,
    title: 'Nothing of this waits to be accepted',
    remedy: 'Reload the difference; somebody may have accepted it.',
  },
  'threats.not-found': {
    status: 404,
    exit: 3,
    title: 'No such result',
    remedy: 'Reload the threats; the rule may not apply at this place any more.',
  },
  'threats.not-stale': {
    status: 409,
    exit: 3,
    title: 'This decision does not wait for anybody',
    remedy: 'Reload the threat; its premises stand as they did.',
  },
  'answers.refused': {
    status: 422,
    exit: 3,
    title: 'Some answers cannot be given so',
    remedy: 'Correct the answers that are named; none was stored.',
  },
});
