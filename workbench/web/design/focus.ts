// Where the focus is when nobody has put it anywhere, and where it goes then.

export const PAGE_TITLE_ID = 'page-title';

export function focusIsNowhere(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

export function focusPageTitle(): void {
  document.getElementById(PAGE_TITLE_ID)?.focus({ preventScroll: true });
}
