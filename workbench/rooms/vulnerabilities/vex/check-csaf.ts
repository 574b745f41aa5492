// `ward csaf check`: a document against the schema of CSAF 2.0, its mandatory tests (6.1) and its optional ones (6.2), by the
// library of secvisogram. It is large (spelling of schemas, time zones), so it is loaded when it is used.

export interface CsafProblem {
  /** `error`: the document is not valid; `warning`: an optional test. */
  readonly level: 'error' | 'warning';
  /** `schema`, or the number of the test: `6.1.14`. */
  readonly test: string;
  /** JSON path. */
  readonly at: string;
  readonly message: string;
  readonly remedy: string;
}

export interface CsafCheck {
  readonly valid: boolean;
  readonly problems: readonly CsafProblem[];
  /** Number of tests that were run. */
  readonly tests: number;
}

interface Finding {
  readonly instancePath?: string;
  readonly message?: string;
}
interface TestResult {
  readonly isValid?: boolean;
  readonly errors?: readonly Finding[];
  readonly warnings?: readonly Finding[];
}
type Test = (document: unknown) => TestResult | Promise<TestResult>;

const MOST = 500;

/** Never throws for what the document holds. */
export async function checkCsaf(document: unknown): Promise<CsafCheck> {
  const [{ csaf_2_0_strict: schema }, mandatory, optional] = await Promise.all([
    import('@secvisogram/csaf-validator-lib/schemaTests.js'),
    import('@secvisogram/csaf-validator-lib/mandatoryTests.js'),
    import('@secvisogram/csaf-validator-lib/optionalTests.js'),
  ]);
  const problems = await run('schema', schema as Test, document);
  // The tests may rely on the schema: behind a breach of it they would find nothing but what follows from it.
  if (problems.length > 0) return { valid: false, problems: problems.slice(0, MOST), tests: 1 };
  const tests = [mandatory, optional].flatMap((part) =>
    Object.entries(part as Record<string, unknown>)
      .filter(([name]) => /^(?:mandatory|optional)Test_/.test(name))
      .map(([name, test]) => [numberOf(name), test as Test] as const),
  );
  for (const [number, test] of tests) problems.push(...(await run(number, test, document)));
  return {
    valid: problems.every(({ level }) => level !== 'error'),
    problems: problems
      .sort((a, b) => Number(b.level === 'error') - Number(a.level === 'error'))
      .slice(0, MOST),
    tests: tests.length + 1,
  };
}

const numberOf = (name: string): string => name.replace(/^\w+?Test_/, '').replaceAll('_', '.');

async function run(test: string, work: Test, document: unknown): Promise<CsafProblem[]> {
  const { errors = [], warnings = [], isValid = true } = await work(document);
  const of = (level: CsafProblem['level']) => (finding: Finding) => ({
    level,
    test,
    at: pathOf(finding.instancePath ?? ''),
    message: sentence(finding.message ?? 'does not pass'),
    remedy: remedyOf(test),
  });
  const found = [...errors.map(of('error')), ...warnings.map(of('warning'))];
  return found.length === 0 && !isValid ? [of('error')({})] : found;
}

/** A JSON pointer as the path that Ward writes everywhere. */
function pathOf(pointer: string): string {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return `$${steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('')}`;
}

const sentence = (text: string): string => {
  const whole = text.trim().slice(0, 500);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
};

// CSAF 2.0, chapter 6: what each test that documents of makers fail most asks for; others are named by their number.
const REMEDIES: Readonly<Record<string, string>> = {
  schema: 'Correct the field so that it fits the CSAF 2.0 schema.',
  '6.1.1': 'Define the product id in product_tree, or take it out.',
  '6.1.2': 'Give each product an id of its own.',
  '6.1.6': 'Leave a product in one status of this vulnerability.',
  '6.1.7': 'Give one score of each CVSS version to a product.',
  '6.1.9': 'Let scores and severity follow from the vector.',
  '6.1.11': 'Use id and name of the CWE as MITRE writes them.',
  '6.1.13': 'Write the purl as its specification says.',
  '6.1.14': 'Sort the revisions by date and number.',
  '6.1.16': 'Let tracking.version be the number of the newest revision.',
  '6.1.21': 'Number the revisions without a gap.',
  '6.1.26': 'Use the category of a profile only for a document of that profile.',
  '6.1.27.5': 'Give the vulnerability a note.',
  '6.1.27.7':
    'Give a product one of the statuses fixed, known_affected, known_not_affected, under_investigation.',
  '6.1.27.8': 'Give the vulnerability a CVE or another id.',
  '6.1.27.9': 'Give each product that is not affected a flag, or a threat of the category impact.',
  '6.1.27.10': 'Give each product that is affected a remediation.',
  '6.1.31': 'Write one version, or make it a product_version_range.',
  '6.2.2': 'Give the product a remediation, where there is one.',
  '6.2.3': 'Give the affected product a score, where there is one.',
  '6.2.10': 'State the TLP label.',
};

const remedyOf = (test: string): string =>
  REMEDIES[test] ?? `Look at test ${test} of CSAF 2.0, chapter 6.${test.split('.')[1] ?? ''}.`;
