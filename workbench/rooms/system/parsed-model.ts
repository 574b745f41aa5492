// The model in a record. Reading a body by its schema costs more than an evaluation of the rules, and many read the same one.
import type { WardRecord } from '../../kernel/records/record.ts';
import { SystemModel } from './metamodel.ts';

const MOST_MODELS = 40;
const parsed = new Map<string, SystemModel>();

/** The same object for the same revision: whoever gets it changes nothing in it. */
export function parsedModel({
  id,
  revision,
  updatedAt,
  body,
}: Pick<WardRecord, 'id' | 'revision' | 'updatedAt' | 'body'>): SystemModel {
  // With its time: a revision that was read in a transaction which then failed is made again with other content.
  const mark = `${id}@${revision} ${updatedAt.getTime()}`;
  const model = parsed.get(mark) ?? SystemModel.parse(body);
  parsed.delete(mark);
  if (parsed.size >= MOST_MODELS) parsed.delete(parsed.keys().next().value as string);
  parsed.set(mark, model);
  return model;
}
