// What a risk's schema cannot say: effects that mean something, a judgement before a decision, and who decides.
import { defineErrors } from '../../kernel/errors.ts';
import { authorsSinceApproval } from '../../kernel/records/read.ts';
import type { Change } from '../../kernel/records/record.ts';
import type { Guard, GuardContext, Tx } from '../../kernel/records/records.ts';
import { policyInForce } from '../products/index.ts';
import { effectFault, severityFault } from './judge.ts';
import { riskBody } from './model.ts';
import { comparePremises } from './premises.ts';
import { type ReadRisk, readRiskNow } from './read-risk.ts';
import { lastJudgement, openFlags } from './store-judgement.ts';

export const refuseRisk = defineErrors({
  'risk.effect-unknown': {
    status: 422,
    exit: 3,
    title: 'The effect of a control says nothing',
    remedy: 'Choose one of the answers that the factor offers.',
  },
  'risk.severity-cannot-fall': {
    status: 422,
    exit: 3,
    title: 'This control cannot lower a severity',
    remedy:
      'Let it make the attack harder, or name a control in hardware or independent of what is attacked.',
  },
  'risk.other-product': {
    status: 422,
    exit: 3,
    title: 'It belongs to another product',
    remedy: 'Link what belongs to the product of the risk.',
  },
  'risk.not-judged': {
    status: 409,
    exit: 3,
    title: 'The risk is not judged yet',
    remedy: 'Answer what is named; an open answer is never a mild one.',
  },
  'risk.premises-moved': {
    status: 409,
    exit: 3,
    title: 'What the judgement rests on has moved',
    remedy: 'Look at what moved, then assess the risk again.',
  },
  'risk.benefit-missing': {
    status: 409,
    exit: 3,
    title: 'The residual risk is above what the policy accepts',
    remedy: 'Reduce it further, or weigh it against the benefit in the field that is named.',
  },
  'risk.guide-missing': {
    status: 409,
    exit: 3,
    title: 'Nothing tells the operator what to do',
    remedy: 'Write the text for the security guide, then transfer the risk.',
  },
  'risk.acceptance-over': {
    status: 409,
    exit: 3,
    title: 'The day of the acceptance has passed',
    remedy: 'Edit the risk and give a later day, or none.',
  },
  'risk.own-decision': {
    status: 403,
    exit: 2,
    title: 'Nobody decides on a risk that they wrote',
    remedy: 'Ask somebody else with the role.',
  },
});

/** Decisions, by the transition that makes them. */
const DECISIONS = ['accept', 'accept-residual', 'avoid', 'transfer', 'reduce'];

export const checkRisk: Guard = async (tx, change, context) => {
  if (change.type === 'create') return checkBody(tx, change.productId, change.body);
  if (change.type === 'edit') return checkBody(tx, change.record.productId, change.body);
  if (change.type === 'link') return checkLink(change);
  if (change.type !== 'transition' || context.principal.via === 'system') return;
  if (change.transition === 'assess') await requireJudged(await readRiskNow(tx, change.record));
  if (DECISIONS.includes(change.transition)) await checkDecision(tx, change, context);
};

async function checkBody(tx: Tx, productId: string | null, stored: unknown): Promise<void> {
  const { controls } = riskBody(stored);
  if (controls.length === 0) return;
  const { policy } = await policyInForce(tx, productId as string);
  for (const [index, entry] of controls.entries()) {
    for (const [position, effect] of entry.effects.entries()) {
      const at = `$.body.controls[${index}].effects[${position}].to`;
      const fault = effectFault(effect);
      if (fault) throw refuseRisk('risk.effect-unknown', fault, { at });
      if (effect.factor !== 'severity') continue;
      const strict = severityFault(effect, entry.independent, policy);
      if (strict) throw refuseRisk('risk.severity-cannot-fall', `${entry.control}: ${strict}`, { at });
    }
  }
}

function checkLink({ from, to }: Extract<Change, { type: 'link' }>): void {
  if (to.productId === from.productId) return;
  throw refuseRisk('risk.other-product', `${to.key} belongs to another product than ${from.key}.`, {
    at: to.key,
  });
}

function requireJudged({ record, judgement, premises }: ReadRisk): void {
  const missing: string[] = [];
  const { exploitability, severity } = judgement.safety.before;
  if (exploitability.level === null) missing.push(`exploitability (open: ${exploitability.open.join(', ')})`);
  if (severity === null) missing.push('a harm of the safety file, or the loss of effectiveness');
  if (judgement.privacy.before.severity === null) missing.push('the loss of confidentiality and of privacy');
  if (premises.threats.length + premises.findings.length === 0)
    missing.push('a threat or finding that it is of');
  if (missing.length === 0) return;
  throw refuseRisk('risk.not-judged', `${record.key} lacks ${missing.join('; ')}.`, { at: record.key });
}

async function checkDecision(
  tx: Tx,
  change: Extract<Change, { type: 'transition' }>,
  { principal, now }: GuardContext,
): Promise<void> {
  const { record, transition } = change;
  const authors = await authorsSinceApproval(tx, record.id);
  if (transition === 'reduce' && principal.personId !== null && authors.includes(principal.personId))
    throw refuseRisk('risk.own-decision', `You wrote ${record.key}; somebody else decides on it.`, {
      at: `${record.key}@${record.revision}`,
    });
  const read = await readRiskNow(tx, record);
  await requireSame(tx, read);
  const { body, judgement } = { body: read.input.body, judgement: read.judgement };
  if (transition === 'transfer' && body.securityGuide.trim() === '')
    throw refuseRisk('risk.guide-missing', `${record.key} has no text for the security guide.`, {
      at: '$.body.securityGuide',
    });
  if (transition !== 'accept' && transition !== 'accept-residual') return;
  if (body.acceptedUntil && body.acceptedUntil <= now.toISOString().slice(0, 10))
    throw refuseRisk(
      'risk.acceptance-over',
      `${record.key} was to be accepted until ${body.acceptedUntil}.`,
      {
        at: '$.body.acceptedUntil',
      },
    );
  // Only verified controls count: a claim has reduced nothing yet.
  const above = [judgement.safety.after.zone, judgement.privacy.after.zone].filter(
    (zone) => zone !== 'acceptable',
  );
  if (above.length > 0 && body.benefit.trim() === '')
    throw refuseRisk(
      'risk.benefit-missing',
      `With the controls that are verified ${record.key} is ${above[0]}, and its benefit is not weighed.`,
      { at: '$.body.benefit' },
    );
}

/** A decision holds for what was judged: the same levels and the same premises, nothing flagged. */
async function requireSame(tx: Tx, read: ReadRisk): Promise<void> {
  const { id, key, revision } = read.record;
  const [was, flags] = [await lastJudgement(tx, id), (await openFlags(tx, [id])).get(id) ?? []];
  const reasons = [
    ...flags.map((flag) => flag.reason),
    ...(was ? comparePremises(was.premises, read.premises).map((moved) => moved.reason) : []),
  ];
  if (was && reasons.length === 0) return;
  throw refuseRisk('risk.premises-moved', reasons[0] ?? `${key} was never judged.`, {
    at: `${key}@${revision}`,
  });
}
