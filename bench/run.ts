// `npm run bench [-- program records knowledge threats portfolio drawing device fleet …] [--json]`: figures beside their goals, and how they grow.
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type Figure, isMet, rowOf } from './figure.ts';
import { measureAssurance } from './measures/assurance.ts';
import { measureDevice } from './measures/device.ts';
import { measureDrawing } from './measures/drawing.ts';
import { measureFindings } from './measures/findings.ts';
import { measureFleet } from './measures/fleet.ts';
import { measureKnowledge } from './measures/knowledge.ts';
import { measurePortfolio } from './measures/portfolio.ts';
import { measureProgram } from './measures/program.ts';
import { measureRecords } from './measures/records.ts';
import { measureThreats } from './measures/threats.ts';
import { measureTraceability } from './measures/traceability.ts';
import { table } from './table.ts';
import { ensureBuilt } from './ward-process.ts';

const measures = {
  program: measureProgram,
  records: measureRecords,
  knowledge: measureKnowledge,
  findings: measureFindings,
  threats: measureThreats,
  portfolio: measurePortfolio,
  traceability: measureTraceability,
  assurance: measureAssurance,
  drawing: measureDrawing,
  device: measureDevice,
  fleet: measureFleet,
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const unknown = positionals.find((name) => !(name in measures));
if (unknown !== undefined) {
  process.stderr.write(`There is no measure "${unknown}"; there are: ${Object.keys(measures).join(', ')}.\n`);
  process.exit(2);
}
ensureBuilt();
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(measures)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  figures.push(...(await measure()));
}
if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
else {
  const head = ['what', 'at', 'measured', 'again or at twice the size', 'goal', ''];
  process.stdout.write(`${table([head, ...figures.map(rowOf)])}\n`);
  process.stdout.write(
    `\nNode.js ${process.versions.node}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GB, ${process.platform}; load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}\n`,
  );
}
process.exitCode = figures.some((figure) => isMet(figure) === false) ? 1 : 0;
