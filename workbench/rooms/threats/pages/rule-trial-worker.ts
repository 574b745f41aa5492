// Tries a rule on a model away from the page, so that typing stays smooth whatever the rule; see use-rule-trial.ts.
import type { SystemModel } from '../../system/metamodel.ts';
import type { Question, RulePack, ThreatRule } from '../evaluate/contract.ts';
import { tryRule } from './try-rule.ts';

export interface TrialOrder {
  readonly rule: ThreatRule;
  readonly questions: Readonly<Record<string, Question>>;
  readonly protocolFacts: RulePack['protocolFacts'];
  readonly model: SystemModel;
}

self.onmessage = ({ data }: MessageEvent<TrialOrder>) => {
  self.postMessage(tryRule(data.rule, data.questions, data.protocolFacts, data.model));
};
