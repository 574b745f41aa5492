// What suppliers say, in words, and as the beginning of an assessment. Pure.
import type { SaidView } from '../vex/api.ts';
import type { AssessFields } from './assess-form.ts';
import { EMPTY } from './assess-form.ts';

/** The status, justification and texts of a statement as a draft. Who said it stands in the rationale; verdicts are one's own. */
export function fieldsFromSaid(said: SaidView): AssessFields {
  const source = `${said.author || 'An unnamed author'} (${said.document.name})`;
  const impact = said.impact.trim();
  const own =
    said.ownJustification !== null && said.justification === null
      ? ` It gives the reason "${said.ownJustification.replaceAll('_', ' ')}"; choose what that means here.`
      : '';
  return {
    ...EMPTY,
    status: said.status,
    justification: said.status === 'not_affected' ? (said.justification ?? '') : '',
    rationale: `${source} says: ${impact === '' ? said.ownStatus.replaceAll('_', ' ') : impact}${own}`.slice(
      0,
      10_000,
    ),
    actionStatement: said.status === 'affected' ? said.action.slice(0, 4_000) : '',
  };
}

/** Fixes that suppliers name, beside those of the sources. */
export function supplierFixes(said: readonly SaidView[]): readonly { version: string; by: string }[] {
  const fixes = new Map<string, { version: string; by: string }>();
  for (const { fixed, author } of said)
    for (const version of fixed)
      fixes.set(`${version} ${author}`, { version, by: author || 'an unnamed author' });
  return [...fixes.values()].slice(0, 20);
}

export function conflictSentence(said: readonly SaidView[], decided: boolean): string {
  const who = [
    ...new Set(said.filter((one) => one.conflict).map((one) => one.author || 'An unnamed author')),
  ];
  const names = who.slice(0, 3).join(', ');
  return decided
    ? `${names} said the opposite of the decision after it was approved. The decision stands until you change it.`
    : `${names} says that it is not affected or fixed, but the evidence here says affected. Nothing was changed by it: somebody has to decide.`;
}
