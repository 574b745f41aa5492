// A value against a schema: the first thing that is wrong, as a refusal with its JSON path.
import type { z } from 'zod';
import { refuseVex } from './errors.ts';

export function shapeOf<Shape>(schema: z.ZodType<Shape>, value: unknown): Shape {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = `$${(issue?.path ?? []).map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')}`;
  throw refuseVex('vex.wrong-shape', `${at}: ${issue?.message ?? 'is wrong'}.`.slice(0, 500), {
    at: at.slice(0, 500),
  });
}
