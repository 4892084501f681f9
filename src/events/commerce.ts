import { sendTo, type TrackerLike, warnOnce } from './sendTo.ts';

/** A product as it is sold, under the field's usual names. */
export interface CommerceItem {
  item_id: string;
  item_name?: string;
  item_brand?: string;
  item_category?: string;
  item_variant?: string;
  /** Of one piece, in the event's currency. */
  price?: number;
  /** @default 1 */
  quantity?: number;
  [more: string]: unknown;
}

export interface CommerceData {
  /** ISO 4217: `EUR`. */
  currency?: string;
  /** In units of the currency, not cents. @default the sum of price × quantity, where every item has a price */
  value?: number;
  items?: CommerceItem[];
  [more: string]: unknown;
}

export interface OrderData extends CommerceData {
  order_id: string;
  tax?: number;
  shipping?: number;
  coupon?: string;
}

const isCurrency = (currency: unknown): boolean => {
  const { supportedValuesOf } = Intl as { supportedValuesOf?: (key: string) => string[] };
  const known = supportedValuesOf?.('currency');
  return known ? known.includes(currency as string) : /^[A-Z]{3}$/.test(`${currency}`);
};

/** Leaves out an amount or a currency that is none, with a warning: sums over them stay right. */
export function checkMoney(name: string, data: CommerceData): CommerceData {
  const { items } = data;
  let { value, currency } = data;
  if (
    value === undefined &&
    Array.isArray(items) &&
    items.length &&
    items.every((item) => Number.isFinite(item?.price))
  ) {
    // Counted in ten-thousandths, where fractions do not add up to 0.30000000000000004.
    value = items.reduce((sum, { price, quantity = 1 }) => sum + Math.round(Number(price) * 1e4) * quantity, 0) / 1e4;
  }
  if (value !== undefined && !Number.isFinite(value)) {
    warnOnce(`${name}: value ${JSON.stringify(value)} should be a number such as 12.5`);
    value = undefined;
  }
  if (currency !== undefined && !isCurrency(currency)) {
    warnOnce(`${name}: currency ${JSON.stringify(currency)} should be a code of ISO 4217 such as "EUR"`);
    currency = undefined;
  } else if (value && !currency) warnOnce(`${name}: value ${value} has no currency, such as "EUR"`);
  return { ...data, value, currency };
}

const define =
  <Data extends CommerceData>(name: string) =>
  (tracker: TrackerLike, data: Data): void =>
    sendTo(tracker, name, checkMoney(name, data ?? {}));

/** `view_item`: a product is looked at. */
export const viewItem = /* @__PURE__ */ define<CommerceData>('view_item');
export const addToCart = /* @__PURE__ */ define<CommerceData>('add_to_cart');
export const removeFromCart = /* @__PURE__ */ define<CommerceData>('remove_from_cart');
export const addToWishlist = /* @__PURE__ */ define<CommerceData>('add_to_wishlist');
export const viewCart = /* @__PURE__ */ define<CommerceData>('view_cart');
export const beginCheckout = /* @__PURE__ */ define<CommerceData>('begin_checkout');
/** `purchase`: an order is placed. */
export const purchase = /* @__PURE__ */ define<OrderData>('purchase');
/** `refund`: of the whole order, or of its `items`. */
export const refund = /* @__PURE__ */ define<OrderData>('refund');
