// A rule pack from a file becomes a record of the house: one of Ward's own (JSON), or a template of Microsoft's tool (TB7).
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { createRecord } from '../../kernel/records/operations.ts';
import type { Question } from './evaluate/contract.ts';
import { PACK_FORMAT, refusePack } from './evaluate/rule-pack.ts';
import { importTb7 } from './import/tb7.ts';
import { rulePack } from './model.ts';
import { RulePackBody } from './rule-pack.ts';

export const MAX_PACK_BYTES = 8 * 1024 * 1024;

export interface PackImport {
  readonly record: string;
  readonly pack: string;
  readonly rules: number;
  readonly lost: readonly { readonly at: string; readonly message: string }[];
}

/** Refuses `rules.wrong-shape`, and what the guard of the kind refuses; then nothing is stored. */
export async function importPack(
  kernel: Kernel,
  principal: Principal,
  fileName: string,
  bytes: Uint8Array,
): Promise<PackImport> {
  const { body, lost } = readPackFile(fileName, bytes);
  const record = await createRecord(kernel.records, principal, {
    kind: rulePack.kind,
    productId: null,
    body,
  });
  return { record: record.key, pack: body.id, rules: body.rules.length, lost };
}

/** What is read is the file's first character and its own word for its format, never only its name. */
export function readPackFile(
  fileName: string,
  bytes: Uint8Array,
): { readonly body: RulePackBody; readonly lost: PackImport['lost'] } {
  if (isXml(bytes)) return fromTemplate(fileName, bytes);
  const refuse = (message: string, at = fileName) => refusePack('rules.wrong-shape', message, { at });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refusePack('rules.wrong-shape', `${fileName} is no text in UTF-8.`, { at: fileName, cause });
  }
  if (tooDeep(text)) throw refuse(`${fileName} is nested deeper than ${MAX_DEPTH} levels.`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw refuse(`${fileName} is no JSON: ${(error as Error).message.slice(0, 200)}.`);
  }
  if (data === null || typeof data !== 'object' || Array.isArray(data))
    throw refuse(`${fileName} holds no object.`);
  const { format, ...rest } = data as Record<string, unknown>;
  if (format !== PACK_FORMAT)
    throw refuse(
      `${fileName} does not say that it is a rule pack (\`"format": "${PACK_FORMAT}"\`).`,
      '$.format',
    );
  const parsed = RulePackBody.strict().safeParse({ ...rest, origin: 'imported' });
  if (parsed.success)
    return { body: { ...parsed.data, source: parsed.data.source || fileName.slice(0, 300) }, lost: [] };
  const fields = parsed.error.issues.slice(0, 50).map(({ path, message }) => ({
    path: `$${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`,
    message,
  }));
  const [first] = fields;
  throw refusePack('rules.wrong-shape', `${first?.path}: ${first?.message}`, {
    at: first?.path ?? fileName,
    detail: { fields },
  });
}

/** White space and a byte order mark may stand before the first `<`. */
function isXml(bytes: Uint8Array): boolean {
  return new TextDecoder('utf-8').decode(bytes.subarray(0, 64)).trimStart().startsWith('<');
}

/** Templates number their types alike (`TH1`), so rules and their own questions get the pack's id before theirs. */
function fromTemplate(fileName: string, bytes: Uint8Array) {
  const { pack, changed, notExpressed } = importTb7(bytes, fileName);
  const prefix = pack.id
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .slice(0, 30);
  const questions: Record<string, Question> = {};
  const renamed = new Map<string, string>();
  for (const [key, question] of Object.entries(pack.questions)) {
    const own = key.startsWith('tmt.') ? `${prefix}.${key.slice('tmt.'.length)}`.slice(0, 80) : key;
    renamed.set(key, own);
    questions[own] = question;
  }
  const condition = (text: string) =>
    text.replace(/\.yes\("([^"]+)"\)/g, (whole, key: string) => {
      const own = renamed.get(key);
      return own === undefined ? whole : `.yes("${own}")`;
    });
  const body = RulePackBody.parse({
    ...pack,
    questions,
    rules: pack.rules.map((rule) => ({
      ...rule,
      id: `${prefix}.${rule.id}`.slice(0, 80),
      when: condition(rule.when),
      unless: condition(rule.unless),
    })),
    origin: 'imported',
    source: fileName.slice(0, 300),
  });
  const lost = [
    ...notExpressed.map(({ type, place, why }) => ({
      at: place,
      message: `${type}: not taken over. ${why}`,
    })),
    ...changed.map(({ type, place, why }) => ({ at: place, message: `${type}: ${why}` })),
  ];
  return { body, lost };
}

const MAX_DEPTH = 40;

/** Before it is parsed: brackets outside of texts, counted. */
function tooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inText) {
      if (char === '\\') at += 1;
      else if (char === '"') inText = false;
    } else if (char === '"') inText = true;
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return false;
}
