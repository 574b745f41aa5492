// The exploration as a page: what was said, how much was tried, which broken tables it caught.
import { BROKEN_SAFETY, BROKEN_TABLES, SECOND_LINES, weakenedSafety } from './broken-tables.ts';
import { type Exploration, type SafetyExploration, STATEMENTS } from './explore.ts';
import { REMOTE_SAMPLES } from './remote-samples.ts';

const count = (value: number) => value.toLocaleString('en-GB');
const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

export function explorationReport(both: Exploration, alone: SafetyExploration, howToRenew: string): string {
  const beyond = REMOTE_SAMPLES.filter(({ command }) => command === null).length;
  return `${[
    '# No emission from remote',
    '',
    'Every remote message and every local input, tried in every state of the laser that any order of them reaches, from power off, until nothing new',
    'is found (breadth first). The laser is two processors, each a table: `laser/machine/control-computer.ts`, which has the network, and',
    '`laser/machine/safety-controller.ts`, which alone enables emission. What must never happen is said by a watcher of its own',
    '(`laser/machine/explore.ts`), which knows the switches and not the tables. In a second exploration the control computer is in an',
    "attacker's hand: any message of its wire, with settings within and beyond each bound, at any moment.",
    `Written by \`${howToRenew}\`.`,
    '',
    row('', 'both processors and the session', 'safety controller, hostile control computer'),
    row('---', '---:', '---:'),
    row('states', count(both.states), count(alone.states)),
    row('transitions tried', count(both.transitions), count(alone.transitions)),
    row(
      'of them by a remote message or the wire',
      count(both.remoteTransitions),
      count(alone.wireTransitions),
    ),
    row('of the remote ones refused', count(both.refusedRemote), '—'),
    row('statements that fell', both.violations.size, alone.violations.size),
    row('rows of the tables never taken', both.rowsNotTaken, '—'),
    '',
    `Remote messages: ${both.remoteMessages}, of every verb with bodies within the bounds, one step beyond each bound and each combined limit of each mode,`,
    `for another patient, malformed, and of verbs that do not exist. ${beyond} of them are refused by vocabulary and parameter table, whatever the state.`,
    '',
    '| statement | holds |',
    '| --- | --- |',
    ...Object.entries(STATEMENTS).map(([id, statement]) =>
      row(
        `${statement} (\`${id}\`)`,
        both.violations.has(id as never) || alone.violations.has(id as never) ? '**no**' : 'yes',
      ),
    ),
    '',
    '## Would it see a fault?',
    '',
    'Each of these tables is broken on purpose; the exploration finds the statement that falls.',
    '',
    '| broken table | falls |',
    '| --- | --- |',
    ...[...BROKEN_TABLES, ...BROKEN_SAFETY].map(({ name, breaks }) => row(name, `\`${breaks}\``)),
    '',
    `Beside these, each condition and each effect of the safety table was left out alone, ${weakenedSafety().length} in all: a statement falls for every one but`,
    `${SECOND_LINES.length}, which something else holds too or which make less light (${SECOND_LINES.map((name) => `*${name}*`).join('; ')}).`,
    '',
    '## What it does not show',
    '',
    'The tables are explored as they are, not the electronics that carry them out. Settings are three within the bounds and one beyond each; bounds',
    'themselves are property-tested (`laser/machine/machine.test.ts`). Signature, freshness and order of messages are no part of it: a message that',
    '`device/commands` refuses never reaches the tables, so the exploration supposes an attacker who gets past all of that.',
  ].join('\n')}\n`;
}
