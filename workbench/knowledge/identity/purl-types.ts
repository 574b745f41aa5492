// What each purl type demands and how it spells its parts, from the type definitions of package-url/purl-spec (read 2026-11).

export interface PurlTypeRule {
  readonly namespace: 'required' | 'optional' | 'prohibited';
  /** Parts that compare without case and are written in lower case. */
  readonly lowerCase: readonly ('namespace' | 'name' | 'version')[];
  readonly requiredQualifier?: string;
  /** Shape of a valid name or version, where the definition states one. */
  readonly namePattern?: RegExp;
  readonly versionPattern?: RegExp;
}

const BOTH = ['namespace', 'name'] as const;

export const PURL_TYPES: Readonly<Record<string, PurlTypeRule>> = {
  alpm: { namespace: 'required', lowerCase: BOTH },
  apk: { namespace: 'required', lowerCase: BOTH },
  bazel: { namespace: 'prohibited', lowerCase: [] },
  bitbucket: { namespace: 'required', lowerCase: BOTH },
  bitnami: { namespace: 'prohibited', lowerCase: ['name'] },
  brew: { namespace: 'optional', lowerCase: BOTH },
  cargo: { namespace: 'prohibited', lowerCase: [] },
  'chrome-extension': {
    namespace: 'prohibited',
    lowerCase: ['name'],
    namePattern: /^[a-p]{32}$/,
    versionPattern: /^\d+(\.\d+){0,3}$/,
  },
  cocoapods: { namespace: 'prohibited', lowerCase: [] },
  composer: { namespace: 'required', lowerCase: BOTH },
  conan: { namespace: 'optional', lowerCase: [] },
  conda: { namespace: 'prohibited', lowerCase: [] },
  // A distribution is named with hyphens; `::` would make it a module.
  cpan: { namespace: 'optional', lowerCase: [], namePattern: /^(?!.*::)/ },
  cran: { namespace: 'prohibited', lowerCase: [] },
  deb: { namespace: 'required', lowerCase: BOTH },
  docker: { namespace: 'optional', lowerCase: [] },
  gem: { namespace: 'prohibited', lowerCase: [] },
  generic: { namespace: 'optional', lowerCase: [] },
  git: { namespace: 'required', lowerCase: BOTH },
  github: { namespace: 'required', lowerCase: BOTH },
  golang: { namespace: 'optional', lowerCase: [] },
  hackage: { namespace: 'prohibited', lowerCase: [] },
  hex: { namespace: 'optional', lowerCase: BOTH },
  huggingface: { namespace: 'required', lowerCase: ['version'] },
  julia: { namespace: 'prohibited', lowerCase: [], requiredQualifier: 'uuid' },
  luarocks: { namespace: 'optional', lowerCase: BOTH },
  maven: { namespace: 'required', lowerCase: [] },
  mlflow: { namespace: 'prohibited', lowerCase: [] },
  npm: { namespace: 'optional', lowerCase: [] },
  nuget: { namespace: 'prohibited', lowerCase: [] },
  oci: { namespace: 'prohibited', lowerCase: ['name', 'version'] },
  opam: { namespace: 'prohibited', lowerCase: [] },
  otp: { namespace: 'prohibited', lowerCase: ['name'] },
  pub: { namespace: 'prohibited', lowerCase: ['name'] },
  pypi: { namespace: 'prohibited', lowerCase: ['name', 'version'] },
  qpkg: { namespace: 'required', lowerCase: ['namespace'] },
  rpm: { namespace: 'required', lowerCase: ['namespace'] },
  swid: { namespace: 'optional', lowerCase: [], requiredQualifier: 'tag_id' },
  swift: { namespace: 'required', lowerCase: [] },
  vcpkg: { namespace: 'prohibited', lowerCase: [] },
  'vscode-extension': { namespace: 'required', lowerCase: ['namespace', 'name', 'version'] },
  yocto: { namespace: 'optional', lowerCase: ['namespace'] },
};

/** The rule of a type; a type that nobody defined demands nothing. */
export function purlTypeRule(type: string): PurlTypeRule {
  const known = Object.hasOwn(PURL_TYPES, type) ? PURL_TYPES[type] : undefined;
  return known ?? { namespace: 'optional', lowerCase: [] };
}
