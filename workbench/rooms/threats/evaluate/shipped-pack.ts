// The catalogue that Ward ships: threat-rules/ as one pack. Pure: bundled into server, command and pages.
import protocolFacts from '../../../../threat-rules/protocol-facts.json' with { type: 'json' };
import questions from '../../../../threat-rules/questions.json' with { type: 'json' };
import application from '../../../../threat-rules/rules/application.json' with { type: 'json' };
import audit from '../../../../threat-rules/rules/audit.json' with { type: 'json' };
import clinical from '../../../../threat-rules/rules/clinical.json' with { type: 'json' };
import command from '../../../../threat-rules/rules/command.json' with { type: 'json' };
import data from '../../../../threat-rules/rules/data.json' with { type: 'json' };
import device from '../../../../threat-rules/rules/device.json' with { type: 'json' };
import fleet from '../../../../threat-rules/rules/fleet.json' with { type: 'json' };
import identity from '../../../../threat-rules/rules/identity.json' with { type: 'json' };
import lifecycle from '../../../../threat-rules/rules/lifecycle.json' with { type: 'json' };
import network from '../../../../threat-rules/rules/network.json' with { type: 'json' };
import safety from '../../../../threat-rules/rules/safety.json' with { type: 'json' };
import service from '../../../../threat-rules/rules/service.json' with { type: 'json' };
import supply from '../../../../threat-rules/rules/supply.json' with { type: 'json' };
import update from '../../../../threat-rules/rules/update.json' with { type: 'json' };
import type { RulePack as Pack } from './contract.ts';
import { RulePack } from './rule-pack.ts';

/** In the order in which their results stand. */
const PARTS = [
  application,
  audit,
  clinical,
  command,
  data,
  device,
  fleet,
  identity,
  lifecycle,
  network,
  safety,
  service,
  supply,
  update,
];

/** Rises with every change of a rule, a question or a fact; threat-rules/readme.md says what changed. */
export const SHIPPED_EDITION = '0.1.0';

let pack: Pack | undefined;

/** Read and checked at the first call. */
export function shippedPack(): Pack {
  pack ??= RulePack.parse({
    id: 'ward',
    title: 'Threats to networked medical devices',
    version: SHIPPED_EDITION,
    rules: PARTS.flatMap(({ category, rules }) => rules.map((rule) => ({ ...rule, category }))),
    questions: questions.questions,
    protocolFacts: protocolFacts.facts,
  }) as Pack;
  return pack;
}
