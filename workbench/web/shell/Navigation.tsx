import { AppLink } from '../design/AppLink.tsx';
import { sectionsOf } from '../room-pages.ts';
import { navigationEntries } from './entries.ts';

const sections = sectionsOf(navigationEntries);

export function Navigation({ path, onGo }: { readonly path: string; readonly onGo?: () => void }) {
  return (
    <nav aria-label="Rooms" className="navigation">
      {sections.map((section) => (
        <div key={section.title}>
          <h2 className="navigation__section">{section.title}</h2>
          <ul>
            {section.entries.map((entry) => {
              const Icon = entry.icon;
              const here = path === entry.path || (entry.path !== '/' && path.startsWith(`${entry.path}/`));
              return (
                <li key={entry.path}>
                  <AppLink
                    to={entry.path}
                    className="navigation__link"
                    aria-current={here ? 'page' : undefined}
                    {...(onGo ? { onClick: onGo } : {})}
                  >
                    <Icon size={16} stroke={1.75} aria-hidden="true" />
                    {entry.title}
                  </AppLink>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
