/** A notice's link as the router wants it: path, and parameters apart. Pure. */
export function linkParts(link: string): { readonly to: string; readonly search: Record<string, string> } {
  const [path = '/', query = ''] = link.split('?');
  return {
    to: path.startsWith('/') && !path.startsWith('//') ? path : '/',
    search: Object.fromEntries(new URLSearchParams(query)),
  };
}
