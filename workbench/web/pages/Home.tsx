// The first page while no room offers a better one: the products.
import { IconPackage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../design/Answer.tsx';
import { AppLink } from '../design/AppLink.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { KeyLink } from '../design/KeyLink.tsx';
import { PageFrame, Section } from '../design/PageFrame.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { productsQuery } from '../queries.ts';

export function Page() {
  const products = useQuery(productsQuery);
  return (
    <PageFrame title="Home">
      <Section title="Products">
        <Answer query={products}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                icon={<IconPackage size={28} aria-hidden="true" />}
                what="No products yet"
                why="A product is what you make and answer for; releases, components, threats and risks hang on it."
                action={<AppLink to="/new/product">New product</AppLink>}
              />
            ) : (
              <ul className="lines">
                {items.map((item) => (
                  <li key={item.id} className="row">
                    <span className="grow">
                      <KeyLink recordKey={item.key} title={item.title} />
                    </span>
                    <span className="muted small">
                      <RelativeTime at={item.updatedAt} />
                    </span>
                  </li>
                ))}
              </ul>
            )
          }
        </Answer>
      </Section>
    </PageFrame>
  );
}
