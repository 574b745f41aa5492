// Sets the remembered theme before the first paint, so that a dark page does not flash white. Apart from the bundle
// because the content policy allows no inline script. The same choice is made by design/theme.ts.
(() => {
  let saved = {};
  try {
    saved = JSON.parse(localStorage.getItem('ward.theme') ?? '{}') ?? {};
  } catch {
    // Unreadable: follow the system.
  }
  const asks = (query) => matchMedia(query).matches;
  const dark = saved.scheme === 'dark' || (saved.scheme !== 'light' && asks('(prefers-color-scheme: dark)'));
  const more = saved.contrast === 'more' || asks('(prefers-contrast: more)');
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
  document.documentElement.dataset.contrast = more ? 'more' : 'normal';
})();
