// Scores and outcomes are never believed: they are worked out again from the answers that stand beside them.
import { defineErrors } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/records/record.ts';
import type { Guard } from '../../kernel/records/records.ts';
import type { Environment, Ssvc } from './model.ts';
import type { SafetyVerdict } from './rubric.ts';
import { asksForHarm, contextScore, RUBRIC_EDITION, strayAnswers } from './rubric.ts';
import { strayPoints, walkTree } from './ssvc.ts';

const refuse = defineErrors({
  'assessment.answer-unknown': {
    status: 422,
    exit: 3,
    title: 'This answer is not asked for',
    remedy: "Answer on the finding's page, which asks only what there is.",
  },
  'assessment.score-differs': {
    status: 422,
    exit: 3,
    title: 'The result does not follow from the answers',
    remedy: 'Open the finding and save the assessment there; scores are worked out from its answers.',
  },
  'assessment.harm-not-named': {
    status: 409,
    exit: 3,
    title: 'The harm is not named',
    remedy: 'Edit the assessment: name the harm under "Why (safety)", or say why none can be reached.',
  },
});

/** What an assessment's numbers are checked against; `null` and absence are the same. */
interface Scored {
  readonly environment?: Environment | null;
  readonly ssvc?: Ssvc | null;
  readonly safety: SafetyVerdict;
  readonly safetyRationale: string;
}
const scored = (body: JsonObject) => body as unknown as Scored;

/** Refuses results that do not follow from their answers, and an approval that leaves a grave harm without a word. */
export const checkScores: Guard = async (_tx, change) => {
  if (change.type === 'create') checkResults(scored(change.body));
  if (change.type === 'edit' && touches(scored(change.record.body), scored(change.body)))
    checkResults(scored(change.body));
  if (change.type === 'transition' && change.transition === 'approve') {
    const { environment, safetyRationale } = scored(change.record.body);
    if (environment && asksForHarm(environment.answers) && safetyRationale.trim() === '')
      throw refuse(
        'assessment.harm-not-named',
        `${change.record.key} says that therapy or diagnosis can be badly changed or lost, and names no harm.`,
        { at: change.record.key },
      );
  }
};

/** What an earlier edition of the questions gave stays as it is until somebody answers anew. */
function touches(before: Scored, after: Scored): boolean {
  const parts = ({ environment, ssvc, safety }: Scored) =>
    JSON.stringify([environment ?? null, ssvc ?? null, safety]);
  return parts(before) !== parts(after);
}

function checkResults({ environment, ssvc, safety }: Scored): void {
  if (environment) checkEnvironment(environment, safety);
  if (ssvc) checkSsvc(ssvc);
}

function checkEnvironment({ rubric, answers, scores }: Environment, safety: SafetyVerdict): void {
  const at = '$.body.environment';
  if (rubric !== RUBRIC_EDITION)
    throw refuse(
      'assessment.score-differs',
      `The answers are to ${rubric}; the questions are ${RUBRIC_EDITION} now.`,
      {
        at: `${at}.rubric`,
      },
    );
  const [stray] = strayAnswers(answers);
  if (stray !== undefined)
    throw refuse(
      'assessment.answer-unknown',
      `${stray} is not asked, or not answered by ${answers[stray]}.`,
      {
        at: `${at}.answers.${stray}`,
      },
    );
  const seen = new Set<string>();
  for (const [index, { version, base, vector, score }] of scores.entries()) {
    const expected = seen.has(version) ? null : contextScore(version, base, answers, safety);
    seen.add(version);
    if (expected?.vector === vector && expected.score === score) continue;
    const said = expected === null ? 'they give none' : `they give ${expected.score} (${expected.vector})`;
    throw refuse(
      'assessment.score-differs',
      `${score} (${vector}) does not follow from the answers: ${said}.`,
      {
        at: `${at}.scores[${index}]`,
      },
    );
  }
}

function checkSsvc({ tree, points, outcome }: Ssvc): void {
  const [stray] = strayPoints(tree, points);
  if (stray !== undefined)
    throw refuse(
      'assessment.answer-unknown',
      `The tree does not ask for ${stray}, or not with ${points[stray]}.`,
      {
        at: `$.body.ssvc.points.${stray}`,
      },
    );
  const expected = walkTree(tree, points).outcome;
  if (expected === outcome) return;
  throw refuse(
    'assessment.score-differs',
    `The points lead to ${expected ?? 'no single outcome'}, not to ${outcome ?? 'none'}.`,
    { at: '$.body.ssvc.outcome' },
  );
}
