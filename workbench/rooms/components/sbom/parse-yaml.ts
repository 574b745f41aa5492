// Bounded YAML parsing for SBOMs. Every scalar but null is read as text: `versionInfo: 1.10` must not become the number 1.1.
import { parseYaml as parseBounded } from '../../../kernel/text/yaml.ts';
import { refuseSbom } from './errors.ts';
import type { Reading } from './reading.ts';

/** Nodes that aliases may add in all: enough for an anchor or two, nothing for a bomb. */
const MAX_ALIASES = 100;

/**
 * The document's value. Refuses `sbom.not-yaml` with line and column (duplicate keys included), `sbom.too-many-aliases`,
 * `sbom.too-deep` and `sbom.time-limit`.
 */
export function parseYaml(text: string, reading: Reading): unknown {
  const { fileName, options } = reading;
  return parseBounded(text, {
    maxDepth: options.maxDepth,
    maxAliases: MAX_ALIASES,
    schema: { schema: 'failsafe', customTags: ['null'] },
    check: (line) => reading.checkTime(`${fileName}:${line}`),
    refuse: ({ kind, reason, line, column, cause }) => {
      const place = { at: `${fileName}:${line}:${column}`, cause };
      if (kind === 'too deep')
        return refuseSbom(
          'sbom.too-deep',
          `${fileName} nests more than ${options.maxDepth} lists and maps.`,
          place,
        );
      if (kind === 'too many aliases')
        return refuseSbom(
          'sbom.too-many-aliases',
          `${fileName} uses aliases that grow beyond ${MAX_ALIASES} nodes.`,
          place,
        );
      return refuseSbom('sbom.not-yaml', `${fileName} is not YAML: ${reason}.`, place);
    },
  }).value;
}
