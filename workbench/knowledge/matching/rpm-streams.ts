// RPM packages of one name are built for several streams side by side: modules (nodejs:14, nodejs:16) and minor releases with
// their own fixes (el8_4, el8_6). A version of one stream says nothing of a fix in another, although RPM can put them in order.
import type { PackageIdentity } from '../advisory.ts';

/** Ecosystems with modules; minor releases with fixes of their own are Red Hat's alone. */
const WITH_MODULES = new Set(['Red Hat', 'AlmaLinux', 'Rocky Linux', 'Oracle Linux']);

/**
 * Why the fixed version cannot be held against the component's, as the end of a sentence; null where it can.
 *
 * @example streamDoubt({ ecosystem: 'Red Hat', version: '1.2-3.el8_4.1', … }, '1.2-3.el8_6.2')
 *   // 'the fix is built for el8_6 and the component for el8_4, which gets fixes of its own'
 */
export function streamDoubt(
  { ecosystem, version }: PackageIdentity,
  fixed: string | undefined,
): string | null {
  if (version === null || fixed === undefined || !WITH_MODULES.has(ecosystem)) return null;
  const [own, other] = [isOfModule(version), isOfModule(fixed)];
  if (own !== other)
    return `${other ? 'the fix is' : 'the component is'} of a module stream, the other is not`;
  if (own && majorOf(version) !== majorOf(fixed)) {
    return `the fix is of a module stream with ${majorOf(fixed)}, the component of one with ${majorOf(version)}`;
  }
  if (ecosystem !== 'Red Hat' || own) return null;
  const [mine, theirs] = [minorOf(version), minorOf(fixed)];
  if (!mine || !theirs || mine.major !== theirs.major || mine.minor >= theirs.minor) return null;
  return `the fix is built for ${theirs.text} and the component for ${mine.text}, which gets fixes of its own`;
}

const isOfModule = (version: string): boolean => /\.module[_+]/.test(version);

const majorOf = (version: string): string => /^(?:\d+:)?(\d+)/.exec(version)?.[1] ?? version;

function minorOf(version: string): { text: string; major: number; minor: number } | null {
  const found = /\.el(\d+)_(\d+)/.exec(version);
  return found
    ? { text: `el${found[1]}_${found[2]}`, major: Number(found[1]), minor: Number(found[2]) }
    : null;
}
