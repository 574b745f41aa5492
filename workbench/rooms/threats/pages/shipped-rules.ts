// The shipped rules in the browser, checked and compiled once for all pages.
import { compileRules } from '../evaluate/evaluate.ts';
import { shippedPack } from '../evaluate/shipped-pack.ts';

export const pack = shippedPack();
export const evaluator = compileRules(pack);
