import { NativeSelect } from '@mantine/core';
import { useProduct } from '../product.ts';

/** The product that pages about one product show; nothing to choose while there is none. */
export function ProductSwitcher() {
  const { products, product, choose } = useProduct();
  if (products.length === 0) return null;
  return (
    <NativeSelect
      className="switcher"
      aria-label="Product"
      value={product?.id ?? ''}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[
        ...(product ? [] : [{ value: '', label: 'Choose a product', disabled: true }]),
        ...products.map((one) => ({ value: one.id, label: one.title })),
      ]}
    />
  );
}
