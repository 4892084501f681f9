import {
  attribution,
  bots,
  createConsent,
  createTracker,
  durableOutbox,
  purchase,
  removeFromCart,
  viewCart,
} from 'beaconry';
import { captures } from './captures.ts';
import { type CartLine, emptyCart, readCart, takeOutOfCart, toItem, totalOf } from './cart.ts';
import { element, euro } from './element.ts';

/** What the checkout tells beside what everyone sells with: `track` accepts nothing else. */
type Events = { checkout_step: { step: Step } };

type Step = 'cart' | 'address' | 'done';

const TITLES: Record<Step, string> = { cart: 'Your basket', address: 'Where to?', done: 'Thank you' };
const ORDER_KEY = 'saltmarsh-order';
const CURRENCY = 'EUR';

const settings = document.documentElement.dataset;

// The same question, and the same cookie for the answer, as on the pages with the script tag.
const consent =
  settings.consent === 'granted'
    ? settings.consent
    : createConsent({
        banner: 'auto',
        purposes: ['analytics', 'marketing'],
        privacyPolicyUrl: '/privacy',
        locale: settings.locale,
        recordUrl: settings.recordUrl,
      });

const tracker = createTracker<Events>({
  endpoint: settings.endpoint ?? '',
  site: 'shop',
  consent,
  eraseUrl: settings.eraseUrl,
  capture: captures(settings.capture),
  enrich: [attribution(), bots()],
  outbox: durableOutbox(),
});

const main = document.querySelector<HTMLElement>('#main') ?? document.body;

addEventListener('popstate', () => show(stepOf(location.pathname)));
show(stepOf(location.pathname));

function go(step: Step): void {
  history.pushState(null, '', `/checkout/${step}`);
  show(step);
  main.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

function show(step: Step): void {
  document.title = `${TITLES[step]} · Saltmarsh`;
  for (const item of document.querySelectorAll<HTMLElement>('.steps [data-step]')) {
    item.ariaCurrent = item.dataset.step === step ? 'step' : null;
  }
  main.replaceChildren(...{ cart: cartView, address: addressView, done: doneView }[step]());
  const lines = readCart();
  if (step === 'cart' && lines.length > 0) viewCart(tracker, toSale(lines));
  tracker.track('checkout_step', { step });
}

function cartView(): HTMLElement[] {
  const lines = readCart();
  const heading = element('h1', {}, TITLES.cart);
  if (lines.length === 0) {
    return [
      heading,
      element('p', { className: 'lead' }, 'Nothing in it yet.'),
      element(
        'p',
        {},
        element('a', { className: 'button', href: '/collection', id: 'to-collection' }, 'To the collection'),
      ),
    ];
  }
  const next = element('button', { className: 'button', type: 'button', id: 'to-address' }, 'On to the address');
  next.dataset.track = 'to_address';
  next.addEventListener('click', () => go('address'));
  return [heading, element('ul', { className: 'lines' }, ...lines.map(lineView)), totalView(lines), next];
}

function lineView({ product, quantity }: CartLine): HTMLElement {
  const remove = element('button', { className: 'link', type: 'button' }, 'Remove');
  remove.ariaLabel = `Remove ${product.name}`;
  remove.dataset.track = 'remove_from_cart';
  remove.dataset.trackLabel = product.name;
  remove.addEventListener('click', () => {
    takeOutOfCart(product.id);
    removeFromCart(tracker, toSale([{ product, quantity }]));
    main.replaceChildren(...cartView());
    main.focus({ preventScroll: true });
  });
  const art = element(
    'span',
    { className: 'line-art' },
    element('img', { src: `/art/${product.id}.svg`, alt: '', width: 400, height: 400 }),
  );
  art.style.setProperty('--tint', product.tint);
  return element(
    'li',
    { className: 'line' },
    art,
    element(
      'span',
      { className: 'line-name' },
      element('strong', {}, product.name),
      `${quantity} × ${euro(product.price)}`,
    ),
    remove,
    element('strong', { className: 'line-price' }, euro(product.price * quantity)),
  );
}

function totalView(lines: CartLine[]): HTMLElement {
  return element('p', { className: 'total' }, 'Together ', element('strong', { id: 'total' }, euro(totalOf(lines))));
}

function addressView(): HTMLElement[] {
  if (readCart().length === 0) return cartView();
  const form = element(
    'form',
    { className: 'form', id: 'address-form' },
    ...field('Name', 'name', 'name'),
    ...field('Street and number', 'street', 'street-address'),
    ...field('Town', 'city', 'address-level2'),
    ...field('Mail address', 'email', 'email', 'email'),
  );
  const order = element('button', { className: 'button', type: 'submit', id: 'place-order' }, 'Order, and pay nothing');
  order.dataset.track = 'place_order';
  const back = element('button', { className: 'link', type: 'button', id: 'back-to-cart' }, 'Back to the basket');
  back.addEventListener('click', () => go('cart'));
  const said = element('p', { className: 'said', role: 'status' });
  form.append(tradeField(), element('p', { className: 'form-end' }, order, back), said);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    order.disabled = true;
    const isTrade = new FormData(form).has('trade');
    if (await buy(readCart(), isTrade)) return go('done');
    order.disabled = false;
    said.textContent = 'The order did not get through. Please try again.';
  });
  return [
    element('h1', {}, TITLES.address),
    element('p', { className: 'lead' }, 'Write anything: it stays on this page, and the tracker never reads a field.'),
    form,
  ];
}

function field(label: string, name: string, autocomplete: AutoFill, type = 'text'): HTMLElement[] {
  return [
    element('label', { htmlFor: name }, label),
    element('input', { id: name, name, type, autocomplete, required: true }),
  ];
}

function tradeField(): HTMLElement {
  return element(
    'label',
    { className: 'check' },
    element('input', { type: 'checkbox', name: 'trade', id: 'trade' }),
    'This is for a café or a restaurant',
  );
}

/** Answers whether it worked. The address stays here: the demo's server wants to know nothing. */
async function buy(lines: CartLine[], isTrade: boolean): Promise<boolean> {
  const response = await fetch('/api/orders', { method: 'POST' }).catch(() => undefined);
  if (!response?.ok) return false;
  const { order, customer } = (await response.json()) as { order: string; customer: string };
  tracker.identify(customer, { orders: 1 });
  if (isTrade) tracker.group('trade', { branch: 'gastronomy' });
  purchase(tracker, { order_id: order, ...toSale(lines) });
  sessionStorage.setItem(ORDER_KEY, order);
  emptyCart();
  return true;
}

function toSale(lines: CartLine[]) {
  return { currency: CURRENCY, items: lines.map(toItem) };
}

function doneView(): HTMLElement[] {
  const order = sessionStorage.getItem(ORDER_KEY);
  return [
    element('h1', {}, TITLES.done),
    element('p', { className: 'lead' }, order ? 'It would be on its way on Friday.' : 'Nothing was ordered yet.'),
    ...(order ? [element('p', {}, 'Your order is ', element('strong', { id: 'order-id' }, order), '.')] : []),
    element('p', {}, element('a', { className: 'button', href: '/', id: 'to-home' }, 'To the beginning')),
  ];
}

function stepOf(path: string): Step {
  if (path.endsWith('/address')) return 'address';
  return path.endsWith('/done') ? 'done' : 'cart';
}
