import type { CommerceItem } from 'beaconry';
import products from '../products.json';

export type Product = (typeof products)[number];

export interface CartLine {
  product: Product;
  quantity: number;
}

const KEY = 'saltmarsh-cart';

/** What is in the basket. Kept by the shop itself; no business of the tracker. */
export function readCart(): CartLine[] {
  const quantities = readQuantities();
  return products.flatMap((product) => {
    const quantity = quantities[product.id] ?? 0;
    return quantity > 0 ? [{ product, quantity }] : [];
  });
}

export function putInCart(id: string, quantity: number): void {
  const quantities = readQuantities();
  write({ ...quantities, [id]: (quantities[id] ?? 0) + quantity });
}

export function takeOutOfCart(id: string): void {
  write({ ...readQuantities(), [id]: 0 });
}

export function emptyCart(): void {
  localStorage.removeItem(KEY);
}

export const countOf = (lines: CartLine[]): number => lines.reduce((sum, { quantity }) => sum + quantity, 0);

export const totalOf = (lines: CartLine[]): number =>
  lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);

export const findProduct = (id?: string): Product | undefined => products.find((product) => product.id === id);

/** A line of the basket as reports know it. */
export const toItem = ({ product, quantity }: CartLine): CommerceItem => ({
  item_id: product.id,
  item_name: product.name,
  item_category: product.kind,
  price: product.price,
  quantity,
});

const write = (quantities: Record<string, number>) => localStorage.setItem(KEY, JSON.stringify(quantities));

function readQuantities(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, number>;
  } catch {
    // Someone wrote something else there: an empty basket then.
    return {};
  }
}
