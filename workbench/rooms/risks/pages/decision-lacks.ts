// What a decision on a risk still lacks, in words; the server refuses the same. Pure.
import type { RiskDetail } from '../contract.ts';
import { riskBody } from '../model.ts';

type Asked = Pick<
  RiskDetail,
  'body' | 'judged' | 'now' | 'flags' | 'moved' | 'threats' | 'findings' | 'state'
>;

export function decisionLacks(risk: Asked): readonly string[] {
  const body = riskBody(risk.body);
  const { safety, privacy } = risk.now;
  const found: string[] = [];
  if (risk.threats.length + risk.findings.length === 0) found.push('It is of no threat and no finding.');
  if (safety.before.exploitability.level === null)
    found.push(`Open answers on exploitability: ${safety.before.exploitability.open.join(', ')}.`);
  if (safety.before.severity === null)
    found.push('No harm is linked, and the loss of effectiveness is not judged.');
  if (privacy.before.severity === null)
    found.push('The loss of confidentiality or of privacy is not judged.');
  if (risk.flags.length + risk.moved.length > 0)
    found.push('Something it rests on has moved: assess it again.');
  const above = [safety.after.zone, privacy.after.zone].some((zone) => zone !== 'acceptable');
  if (above && body.benefit.trim() === '')
    found.push(
      'With the controls that are verified it is above what the policy accepts: reduce it, or weigh the benefit before it is accepted.',
    );
  if (body.securityGuide.trim() === '')
    found.push('To transfer it, the text for the security guide has to be written.');
  return found;
}
