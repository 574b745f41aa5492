// The estimator with its lists of known passwords: large, so it is loaded when the first password is set.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** `maxLength`: parts of a password longer than this are not looked at. */
export function makeEstimator(maxLength: number): {
  readonly zxcvbn: ZxcvbnFactory;
  readonly known: ReadonlySet<string>;
} {
  const options = { dictionary, graphs: adjacencyGraphs, maxLength };
  return { zxcvbn: new ZxcvbnFactory(options), known: new Set(dictionary['passwords-common']) };
}
