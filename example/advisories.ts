// The few facts about real vulnerabilities that ship with Ward, as OSV and NVD records in our own words; each names where
// the facts are published (`database_specific.source`). Apart from the other data, because commands use them alone.
import crates from './advisories/crates.json' with { type: 'json' };
import debian from './advisories/debian.json' with { type: 'json' };
import go from './advisories/go.json' with { type: 'json' };
import npm from './advisories/npm.json' with { type: 'json' };
import nvd from './advisories/nvd.json' with { type: 'json' };
import pypi from './advisories/pypi.json' with { type: 'json' };

/** All shipped records, for `readAdvisory`. */
export function shippedAdvisories(): unknown[] {
  return [...npm, ...pypi, ...go, ...crates, ...debian, ...nvd];
}
